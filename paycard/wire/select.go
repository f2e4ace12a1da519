package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
)

// Version is what SELECT says: major then minor.
const Version = 0x0100

// Profiles is how many profiles a card has; Slots how many pairings.
const (
	Profiles = 4
	Slots    = 5
)

// MaxURL is the longest URL of an approval service, in bytes, so that SELECT stays under 255.
const MaxURL = 100

// uidSize is the length of an instance UID; channelKeySize of the uncompressed key of the owner's channel.
const (
	uidSize        = 16
	channelKeySize = 65
)

// Capabilities say what a card is made of and how it is set. They are claims, like everything in SELECT.
type Capabilities byte

// The capabilities.
const (
	CanDisplay     Capabilities = 1 << iota // display and button
	CanFingerprint                          // fingerprint sensor
	CanTouch                                // touch button that chooses a profile
	CanSwitch                               // on/off switch
	BlindOn                                 // blind signing is allowed
	SwitchedOff                             // the owner has switched payments off
)

const (
	tagInfo         tlv.Tag = 0xA4
	tagUID          tlv.Tag = 0x8F
	tagChannelKey   tlv.Tag = 0x80
	tagNumber       tlv.Tag = 0x02
	tagAddress      tlv.Tag = 0x81
	tagCapabilities tlv.Tag = 0x8D
	tagHints        tlv.Tag = 0x84
	tagURL          tlv.Tag = 0x83
)

// AID is the application identifier: F0, which ISO/IEC 7816-4:2020 §12.2.3.4 leaves to anybody, and "TAPPAY" and 01.
func AID() []byte { return []byte{0xF0, 'T', 'A', 'P', 'P', 'A', 'Y', 0x01} }

// SelectCommand selects the payment card.
func SelectCommand() iso7816.Command {
	return iso7816.Command{INS: iso7816.InsSelect, P1: 0x04, Data: AID(), Ne: iso7816.MaxShortNe}
}

// Info is the answer to SELECT. There is never a balance in it.
type Info struct {
	Version     uint16
	UID         [uidSize]byte
	ChannelKey  [channelKeySize]byte // of the owner's channel
	Initialized bool
	FreeSlots   int
	// The rest is there after INIT.
	Address      Address
	Capabilities Capabilities
	Hints        [Profiles][HintSize]byte // of the purse of each profile; zeros: none
	URL          string                   // of the approval service; empty: none
}

// Encode is the card's side, at most 240 bytes. Before INIT it has UID, channel key and version only.
func (i Info) Encode() []byte {
	body := tlv.Append(nil, tagUID, i.UID[:])
	body = tlv.Append(body, tagChannelKey, i.ChannelKey[:])
	body = tlv.Append(body, tagNumber, binary.BigEndian.AppendUint16(nil, i.Version))
	if i.Initialized {
		body = tlv.Append(body, tagNumber, []byte{byte(i.FreeSlots)})
		body = tlv.Append(body, tagAddress, i.Address[:])
		body = tlv.Append(body, tagCapabilities, []byte{byte(i.Capabilities)})
		var hints []byte
		for _, h := range i.Hints {
			hints = append(hints, h[:]...)
		}
		body = tlv.Append(body, tagHints, hints)
		body = tlv.Append(body, tagURL, []byte(i.URL))
	}
	return tlv.Append(nil, tagInfo, body)
}

// ParseInfo reads the answer to SELECT. Elements it does not know are passed over; a URL is printable ASCII or the
// answer is refused, because it will be shown and fetched.
func ParseInfo(b []byte) (Info, error) {
	e, rest, err := tlv.Next(b, tlv.Strict)
	if err != nil || e.Tag != tagInfo || len(rest) != 0 {
		return Info{}, fmt.Errorf("%w: answer to SELECT of %d bytes", ErrFormat, len(b))
	}
	elements, err := tlv.Parse(e.Value, tlv.Strict)
	if err != nil {
		return Info{}, fmt.Errorf("%w: answer to SELECT: %w", ErrFormat, err)
	}
	var i Info
	seen := map[field]bool{}
	for _, e := range elements {
		seen[i.take(e)] = true
	}
	i.Initialized = seen[fieldAddress]
	whole := seen[fieldUID] && seen[fieldKey] && seen[fieldVersion]
	for _, f := range []field{fieldSlots, fieldCapabilities, fieldHints, fieldURL} {
		whole = whole && seen[f] == i.Initialized
	}
	if !whole {
		return Info{}, fmt.Errorf("%w: answer to SELECT lacks something", ErrFormat)
	}
	return i, nil
}

// field is a part of Info.
type field int

const (
	fieldUnknown field = iota
	fieldUID
	fieldKey
	fieldVersion
	fieldSlots
	fieldAddress
	fieldCapabilities
	fieldHints
	fieldURL
)

// take stores one element and says which it was. Two meanings share tag 02, as in Keycard; their lengths tell them
// apart.
func (i *Info) take(e tlv.Element) field {
	v := e.Value
	switch {
	case e.Tag == tagUID && len(v) == uidSize:
		i.UID = [uidSize]byte(v)
		return fieldUID
	case e.Tag == tagChannelKey && len(v) == channelKeySize:
		i.ChannelKey = [channelKeySize]byte(v)
		return fieldKey
	case e.Tag == tagNumber && len(v) == 2:
		i.Version = binary.BigEndian.Uint16(v)
		return fieldVersion
	case e.Tag == tagNumber && len(v) == 1:
		i.FreeSlots = int(v[0])
		return fieldSlots
	case e.Tag == tagAddress && len(v) == AddressSize:
		i.Address = Address(v)
		return fieldAddress
	case e.Tag == tagCapabilities && len(v) == 1:
		i.Capabilities = Capabilities(v[0])
		return fieldCapabilities
	case e.Tag == tagHints && len(v) == Profiles*HintSize:
		for n := range i.Hints {
			i.Hints[n] = [HintSize]byte(v[n*HintSize:])
		}
		return fieldHints
	case e.Tag == tagURL && (len(v) == 0 || checkURL(string(v)) == nil):
		i.URL = string(v)
		return fieldURL
	}
	return fieldUnknown
}

// checkURL wants 1 to 100 printable ASCII characters without blanks. What they mean is the host's affair.
func checkURL(url string) error {
	if len(url) == 0 || len(url) > MaxURL {
		return fmt.Errorf("%w: URL of %d bytes", ErrFormat, len(url))
	}
	for _, c := range []byte(url) {
		if c <= ' ' || c > '~' {
			return fmt.Errorf("%w: URL with byte %02X", ErrFormat, c)
		}
	}
	return nil
}
