package wire

import (
	"encoding/binary"

	"tapcard.example/iso7816"
)

// InsGetStatus is GET STATUS. P1 00 needs the channel, everything else the PIN too.
const InsGetStatus = 0xF2

// P1 of GET STATUS.
const (
	StatusTries   = 0x00
	StatusCard    = 0x01
	StatusProfile = 0x10 // plus the profile's number
	StatusService = 0x20 // answered as Service.AppendPublic writes it; nothing: none
	StatusTime    = 0x21 // keys, 33 bytes each
)

const (
	triesSize      = 2
	cardStatusSize = guardsSize + 4 + 4 + 4 + 1 + 8 + AddressSize + 1 // 58
	profStatusSize = profileSize + 2 + 8 + 8                          // 101
)

// StatusCommand asks for one of the above.
func StatusCommand(p1 byte) iso7816.Command { return query(InsGetStatus, p1, 0, nil) }

// Tries are left for PIN and PUK.
type Tries struct{ PIN, PUK int }

// Encode is 2 bytes.
func (t Tries) Encode() []byte { return []byte{byte(t.PIN), byte(t.PUK)} }

// ParseTries reads 2 bytes.
func ParseTries(b []byte) (Tries, error) {
	if err := sized("tries", b, triesSize); err != nil {
		return Tries{}, err
	}
	return Tries{int(b[0]), int(b[1])}, nil
}

// CardStatus is how the whole card stands.
type CardStatus struct {
	Guards   Guards
	Left     uint32  // signatures until the owner refills; NoCounterLimit: no limit
	Counter  uint32  // of the last payment
	LastTime uint32  // of the last token, in seconds since 1970; the card knows no other time
	Hour     byte    // signatures in the hour before LastTime, and since
	Spent    uint64  // rate amounts in the window before LastTime
	Blind    Address // of the key for blind signatures
	On       bool    // payments are switched on
}

// Encode is 58 bytes: guards 16 ‖ left 4 ‖ counter 4 ‖ last time 4 ‖ hour 1 ‖ spent 8 ‖ blind address 20 ‖ on 1.
func (s CardStatus) Encode() []byte {
	b := binary.BigEndian.AppendUint32(s.Guards.Append(nil), s.Left)
	b = binary.BigEndian.AppendUint32(b, s.Counter)
	b = binary.BigEndian.AppendUint32(b, s.LastTime)
	b = binary.BigEndian.AppendUint64(append(b, s.Hour), s.Spent)
	b = append(b, s.Blind[:]...)
	if s.On {
		return append(b, 1)
	}
	return append(b, 0)
}

// ParseCardStatus reads 58 bytes.
func ParseCardStatus(b []byte) (CardStatus, error) {
	if err := sized("card status", b, cardStatusSize); err != nil {
		return CardStatus{}, err
	}
	g, err := ParseGuards(b[:guardsSize])
	n := b[guardsSize:]
	return CardStatus{Guards: g, Left: binary.BigEndian.Uint32(n), Counter: binary.BigEndian.Uint32(n[4:]),
		LastTime: binary.BigEndian.Uint32(n[8:]), Hour: n[12], Spent: binary.BigEndian.Uint64(n[13:]),
		Blind: Address(n[21:]), On: n[41] != 0}, err
}

// ProfileStatus is how a profile stands.
type ProfileStatus struct {
	Profile      Profile
	OfflineCount uint16 // payments without a token since the last refill
	OfflineSum   uint64 // and their sum
	Spent        uint64 // amount in the window before LastTime and since, by all profiles of this purse
}

// Encode is 101 bytes: profile 83 ‖ offline count 2 ‖ offline sum 8 ‖ spent 8.
func (s ProfileStatus) Encode() []byte {
	b := binary.BigEndian.AppendUint16(s.Profile.Append(nil), s.OfflineCount)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, s.OfflineSum), s.Spent)
}

// ParseProfileStatus reads 101 bytes.
func ParseProfileStatus(b []byte) (ProfileStatus, error) {
	if err := sized("profile status", b, profStatusSize); err != nil {
		return ProfileStatus{}, err
	}
	p, err := ParseProfile(b[:profileSize])
	n := b[profileSize:]
	return ProfileStatus{Profile: p, OfflineCount: binary.BigEndian.Uint16(n),
		OfflineSum: binary.BigEndian.Uint64(n[2:]), Spent: binary.BigEndian.Uint64(n[10:])}, err
}
