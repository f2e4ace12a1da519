package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"tapcard.example/iso7816/tlv"
)

// Tags of SELECT's answer (Keycard seed, SELECT; 8D since 2.1; 8A and 8C in 4.0).
const (
	tagInfo         tlv.Tag = 0xA4
	tagPublicKey    tlv.Tag = 0x80
	tagInstanceUID  tlv.Tag = 0x8F
	tagNumber       tlv.Tag = 0x02 // first the version, then the number of free slots
	tagKeyUID       tlv.Tag = 0x8E
	tagCapabilities tlv.Tag = 0x8D
	tagCertificate  tlv.Tag = 0x8A
)

// InstanceUIDSize is the length of the random name of an applet instance, in bytes.
const InstanceUIDSize = 16

// Capabilities is a set of what a card says it can do (Keycard 2.1 and later). Believe it for convenience only.
type Capabilities byte

// The capabilities.
const (
	CapSecureChannel Capabilities = 1 << iota
	CapKeyManagement
	CapCredentials // PIN and PUK
	CapNDEF
	CapFactoryReset // 3.1 and later

	capsUpTo3_0 = CapSecureChannel | CapKeyManagement | CapCredentials | CapNDEF
)

// Has says whether all of want are there.
func (c Capabilities) Has(want Capabilities) bool { return c&want == want }

// String lists the capabilities.
func (c Capabilities) String() string {
	names := []string{"secure channel", "key management", "credentials", "NDEF", "factory reset"}
	var have []string
	for i, name := range names {
		if c.Has(1 << i) {
			have = append(have, name)
		}
	}
	return strings.Join(have, ", ")
}

// ApplicationInfo is the Keycard applet's answer to SELECT. Before INIT a card gives its public key and nothing else.
type ApplicationInfo struct {
	Initialized  bool
	InstanceUID  []byte // 16 bytes; none before INIT, and none in 4.0
	PublicKey    []byte // of the secure channel, 65 bytes, new after INIT and from time to time; none without a channel
	Version      Version
	FreeSlots    int    // pairing slots; -1 when the card does not say
	KeyUID       []byte // 32 bytes: SHA-256 of the master public key; none without a key
	Capabilities Capabilities
	Certificate  []byte // 98 bytes; 4.0 only
}

// DefaultCapabilities is what a card of version v reports: nothing on the wire before 2.1, the same meaning.
func DefaultCapabilities(v Version) Capabilities {
	if v >= V3_1 {
		return capsUpTo3_0 | CapFactoryReset
	}
	return capsUpTo3_0
}

// Encode is the card's side, for versions 2.0 to 3.2: the bare public key before INIT, else the template A4, with the
// capabilities from 2.1 on.
func (i ApplicationInfo) Encode() []byte {
	if !i.Initialized {
		return tlv.Append(nil, tagPublicKey, i.PublicKey)
	}
	body := tlv.Append(nil, tagInstanceUID, i.InstanceUID)
	body = tlv.Append(body, tagPublicKey, i.PublicKey)
	body = tlv.Append(body, tagNumber, binary.BigEndian.AppendUint16(nil, uint16(i.Version)))
	body = tlv.Append(body, tagNumber, []byte{byte(i.FreeSlots)})
	body = tlv.Append(body, tagKeyUID, i.KeyUID)
	if i.Version >= V2_1 {
		body = tlv.Append(body, tagCapabilities, []byte{byte(i.Capabilities)})
	}
	return tlv.Append(nil, tagInfo, body)
}

// ParseApplicationInfo reads the answer of any version, also of those that are not supported otherwise (1.2, 4.0): the
// caller looks at Version.Supported. What the answer lacks stays empty; for version 2.0 the capabilities are filled
// in. The public key has the right length but has not been looked at: ECDH checks it.
func ParseApplicationInfo(b []byte) (ApplicationInfo, error) {
	e, rest, err := tlv.Next(b, tlv.Lenient)
	if err != nil {
		return ApplicationInfo{}, fmt.Errorf("%w: SELECT answer: %w", ErrFormat, err)
	}
	switch e.Tag {
	case tagPublicKey:
		// The answer says nothing more, but INIT needs these two, and nothing else works yet.
		info := ApplicationInfo{PublicKey: e.Value, FreeSlots: -1, Capabilities: CapSecureChannel | CapCredentials}
		return info, info.check()
	case tagInfo:
		// 4.0 writes a length that is one too small, so the template is taken to reach to the end.
		return parseInfoTemplate(b[len(b)-len(rest)-len(e.Value):])
	}
	return ApplicationInfo{}, fmt.Errorf("%w: SELECT answer starts with tag %v", ErrFormat, e.Tag)
}

func parseInfoTemplate(body []byte) (ApplicationInfo, error) {
	elements, err := tlv.Parse(body, tlv.Lenient)
	if err != nil {
		return ApplicationInfo{}, fmt.Errorf("%w: SELECT answer: %w", ErrFormat, err)
	}
	info := ApplicationInfo{Initialized: true, FreeSlots: -1}
	for _, e := range elements {
		info.take(e)
	}
	if info.Version == 0 {
		return ApplicationInfo{}, fmt.Errorf("%w: SELECT answer without a version", ErrFormat)
	}
	if _, ok := tlv.Find(elements, tagCapabilities); !ok {
		info.Capabilities = DefaultCapabilities(info.Version)
	}
	return info, info.check()
}

// take stores one element. Two meanings share tag 02; their lengths tell them apart.
func (i *ApplicationInfo) take(e tlv.Element) {
	switch {
	case e.Tag == tagInstanceUID:
		i.InstanceUID = e.Value
	case e.Tag == tagPublicKey:
		i.PublicKey = e.Value
	case e.Tag == tagNumber && len(e.Value) == 2:
		i.Version = Version(binary.BigEndian.Uint16(e.Value))
	case e.Tag == tagNumber && len(e.Value) == 1 && e.Value[0] != 0xFF: // FF: a device without pairing
		i.FreeSlots = int(e.Value[0])
	case e.Tag == tagKeyUID:
		i.KeyUID = e.Value
	case e.Tag == tagCapabilities && len(e.Value) == 1:
		i.Capabilities = Capabilities(e.Value[0])
	case e.Tag == tagCertificate:
		i.Certificate = e.Value
	}
}

// check refuses fields of impossible lengths and normalises empty ones to nil.
func (i *ApplicationInfo) check() error {
	for _, field := range []struct {
		name  string
		value *[]byte
		size  int
	}{
		{"instance UID", &i.InstanceUID, InstanceUIDSize},
		{"public key", &i.PublicKey, PublicKeySize},
		{"key UID", &i.KeyUID, KeyUIDSize},
		{"certificate", &i.Certificate, CertificateSize},
	} {
		switch len(*field.value) {
		case 0:
			*field.value = nil
		case field.size:
			*field.value = slices.Clone(*field.value)
		default:
			return fmt.Errorf("%w: %s of %d bytes", ErrFormat, field.name, len(*field.value))
		}
	}
	return nil
}
