package wire

import (
	"encoding/binary"
	"time"
)

// State is where a card is in its life (PROTOCOL.md, States).
type State byte

// The states.
const (
	Blank    State = iota // from the factory floor: no certificate
	Empty                 // certified, no key
	Joined                // no key, waits for a bundle
	Active                // has a key and no backup
	Offering              // has a key, waits for the members of its set
	Source                // has given its key, once and for all
	Backup                // has taken a key, once and for all
)

// String names the state.
func (s State) String() string {
	names := [...]string{"blank", "empty", "joined", "active", "offering", "source", "backup"}
	if int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// HasKey says whether a card in this state holds a wallet.
func (s State) HasKey() bool { return s >= Active && s <= Backup }

// Linked says whether a card in this state has given or taken a key: the backup state, which only a reset lowers.
func (s State) Linked() bool { return s == Source || s == Backup }

// Origin says where a wallet's key came from.
type Origin byte

// The origins; NoOrigin is that of a card without key.
const (
	NoOrigin Origin = iota
	Generated
	Imported
)

// String names the origin.
func (o Origin) String() string {
	switch o {
	case NoOrigin:
		return "none"
	case Generated:
		return "made by a card"
	case Imported:
		return "imported seed phrase"
	}
	return "unknown"
}

// InfoSize is the length of the answer to SELECT.
const InfoSize = 8 + 2*KeySize + SignatureSize

// Info is the answer to SELECT (PROTOCOL.md, State). Nothing of it is proven.
type Info struct {
	Identity
	State  State
	Size   byte // of the set or the run, 0 for none
	Slot   byte
	Origin Origin
	Wait   time.Duration // until a code is compared again, whole seconds
}

// Encode is the 138-byte form.
func (i Info) Encode() []byte {
	b := []byte{Version, byte(i.State), i.Flags, i.Size, i.Slot, byte(i.Origin)}
	b = appendWait(b, i.Wait)
	b = append(append(b, i.Card[:]...), i.Root[:]...)
	return append(b, i.Cert[:]...)
}

// ParseInfo reads the answer to SELECT: ErrLength, ErrVersion, or ErrFormat for values that mean nothing.
func ParseInfo(b []byte) (Info, error) {
	if len(b) != InfoSize {
		return Info{}, ErrLength
	}
	if b[0] != Version {
		return Info{}, ErrVersion
	}
	i := Info{State: State(b[1]), Size: b[3], Slot: b[4], Origin: Origin(b[5])}
	i.Flags, i.Wait = b[2], parseWait(b[6:8])
	r := reader{b[8:]}
	i.Card, i.Root, i.Cert = r.key(), r.key(), r.signature()
	if i.State > Backup || i.Size > MaxSize || i.Slot > MaxSize-1 || i.Origin > Imported {
		return Info{}, ErrFormat
	}
	return i, nil
}

// appendWait adds a wait in whole seconds, rounded up, 2 bytes.
func appendWait(dst []byte, d time.Duration) []byte {
	return binary.BigEndian.AppendUint16(dst, uint16((d+time.Second-1)/time.Second))
}

func parseWait(b []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint16(b)) * time.Second
}

// reader takes fixed-size fields off bytes whose length was checked.
type reader struct{ b []byte }

func (r *reader) take(n int) []byte {
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) key() Key             { return Key(r.take(KeySize)) }
func (r *reader) signature() Signature { return Signature(r.take(SignatureSize)) }
