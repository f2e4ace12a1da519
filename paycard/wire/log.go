package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// InsReadLog is READ LOG: P1 is the index of the first entry wanted, 0 the newest. The answer has two entries at most,
// none at the end. Needs the PIN.
const InsReadLog = 0x3E

// Sizes of the log.
const (
	LogEntries   = 32
	LogEntrySize = 110
	LogPerAnswer = 2
)

// Flags of an Entry.
const (
	LogApproved = 0x01
	LogTimed    = 0x02 // by a time authority
	LogOffline  = 0x04 // without any token
	LogBlind    = 0x08 // a blind signature: Digest is all there is
	LogMandate  = 0x10 // a mandate: Merchant is the payee, Amount the cap, Offer the terms
)

// Entry is one signature in the card's log.
type Entry struct {
	Counter  uint32
	Time     uint32 // of its token; 0: it had none
	Flags    byte
	Profile  byte
	Merchant Address
	Amount   uint64
	Anchor   uint64
	Offer    [HashSize]byte
	Digest   [HashSize]byte
}

// Encode is 110 bytes: counter 4 ‖ time 4 ‖ flags 1 ‖ profile 1 ‖ merchant 20 ‖ amount 8 ‖ anchor 8 ‖ offer 32 ‖ digest
// 32.
func (e Entry) Encode() []byte {
	b := binary.BigEndian.AppendUint32(nil, e.Counter)
	b = append(binary.BigEndian.AppendUint32(b, e.Time), e.Flags, e.Profile)
	b = binary.BigEndian.AppendUint64(append(b, e.Merchant[:]...), e.Amount)
	b = binary.BigEndian.AppendUint64(b, e.Anchor)
	return append(append(b, e.Offer[:]...), e.Digest[:]...)
}

// ReadLogCommand asks for two entries, from first on.
func ReadLogCommand(first byte) iso7816.Command { return query(InsReadLog, first, 0, nil) }

// ParseEntries reads 0 to 2 entries.
func ParseEntries(b []byte) ([]Entry, error) {
	if len(b)%LogEntrySize != 0 || len(b) > LogPerAnswer*LogEntrySize {
		return nil, fmt.Errorf("%w: log entries of %d bytes", ErrFormat, len(b))
	}
	var entries []Entry
	for ; len(b) > 0; b = b[LogEntrySize:] {
		entries = append(entries, Entry{Counter: binary.BigEndian.Uint32(b), Time: binary.BigEndian.Uint32(b[4:]),
			Flags: b[8], Profile: b[9], Merchant: Address(b[10:]), Amount: binary.BigEndian.Uint64(b[30:]),
			Anchor: binary.BigEndian.Uint64(b[38:]), Offer: [HashSize]byte(b[46:]), Digest: [HashSize]byte(b[78:])})
	}
	return entries, nil
}
