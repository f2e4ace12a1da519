package wire

import "tapcard.example/iso7816"

// InsDerive is DERIVE KEY: it makes another key the current one (Keycard seed, DERIVE KEY).
const InsDerive = 0xD1

// Source is where a path starts: the two highest bits of P1 in DERIVE KEY, SIGN and EXPORT KEY.
type Source byte

// The sources.
const (
	FromMaster  Source = 0x00
	FromParent  Source = 0x40 // of the current key; a card remembers one parent, or none
	FromCurrent Source = 0x80
	ToPinless   Source = 0xC0 // DERIVE KEY since 3.1, with no path: go to the PIN-less path
)

// SplitP1 takes P1 of SIGN, EXPORT KEY and DERIVE KEY apart: the low six bits, and the source.
func SplitP1(p1 byte) (mode byte, source Source) { return p1 & 0x3F, Source(p1 & 0xC0) }

// DeriveCommand makes the key at path the current one; an empty path from the master key is the master key.
func DeriveCommand(source Source, path []uint32) iso7816.Command {
	return command(InsDerive, byte(source), 0, AppendPath(nil, path))
}
