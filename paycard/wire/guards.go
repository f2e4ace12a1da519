package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// The commands about guards that hold for the whole card. All need the PIN.
const (
	InsSetGuards = 0x30 // SET GUARDS
	InsRefill    = 0x34 // REFILL: how many more signatures
	InsSwitch    = 0x3A // SWITCH: P1 00 off, 01 on
)

// P1 of SWITCH.
const (
	SwitchOff = 0x00
	SwitchOn  = 0x01
)

// Flags of Guards.
const (
	OncePerPower   = 0x01 // one signature per power-up
	WantApproval   = 0x02 // the approver's signature, unless the offline allowance covers the payment
	WantTime       = 0x04 // a time authority's signature, with the same exception
	WantDisplay    = 0x08 // shown on the card's display and confirmed with its button
	WantFinger     = 0x10 // the owner's finger on the card
	BlindSigning   = 0x20 // SIGN HASH is allowed
	knownFlags     = 0x3F
	guardsSize     = 16
	NoHourlyLimit  = 0xFF       // Guards.Hourly
	MaxHourly      = 32         // signatures in an hour that the card can count
	NoCounterLimit = 0xFFFFFFFF // RefillCommand
	// MinWindow and MaxWindow bound the trailing window of the velocities, in seconds: 24 s and 31 days.
	MinWindow = 24
	MaxWindow = 31 * 86400
)

// Guards are what the owner has set for the whole card.
type Guards struct {
	Flags    byte
	Hourly   byte   // signatures in an hour at most, 0 to 32, or NoHourlyLimit
	Gap      uint16 // seconds between the times of two signatures, at least
	Window   uint32 // seconds that the velocities look back
	Currency uint64 // of rate amounts within the window at most, or NoLimit
}

// DefaultGuards is what a card begins with: one signature per power-up, only with an approval, a minute apart.
func DefaultGuards() Guards {
	return Guards{Flags: OncePerPower | WantApproval, Hourly: NoHourlyLimit, Gap: 60, Window: 86400, Currency: NoLimit}
}

// Has says whether all these flags are set.
func (g Guards) Has(flags byte) bool { return g.Flags&flags == flags }

// Append is flags 1 ‖ hourly 1 ‖ gap 2 ‖ window 4 ‖ currency 8.
func (g Guards) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(append(b, g.Flags, g.Hourly), g.Gap)
	b = binary.BigEndian.AppendUint32(b, g.Window)
	return binary.BigEndian.AppendUint64(b, g.Currency)
}

// ParseGuards reads 16 bytes and refuses what a card cannot keep, with ErrFormat.
func ParseGuards(b []byte) (Guards, error) {
	if err := sized("guards", b, guardsSize); err != nil {
		return Guards{}, err
	}
	g := Guards{Flags: b[0], Hourly: b[1], Gap: binary.BigEndian.Uint16(b[2:]), Window: binary.BigEndian.Uint32(b[4:]),
		Currency: binary.BigEndian.Uint64(b[8:])}
	if g.Flags&^knownFlags != 0 || g.Hourly > MaxHourly && g.Hourly != NoHourlyLimit ||
		g.Window < MinWindow || g.Window > MaxWindow {
		return Guards{}, fmt.Errorf("%w: guards out of range", ErrFormat)
	}
	return g, nil
}

// SetGuardsCommand replaces all guards of the card.
func SetGuardsCommand(g Guards) iso7816.Command { return command(InsSetGuards, 0, 0, g.Append(nil)) }

// RefillCommand sets how many signatures the card may still make. It sets and does not add, so it may be repeated.
func RefillCommand(left uint32) iso7816.Command {
	return command(InsRefill, 0, 0, binary.BigEndian.AppendUint32(nil, left))
}

// ParseRefill is the card's side.
func ParseRefill(b []byte) (uint32, error) {
	if err := sized("refill", b, 4); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

// SwitchCommand switches payments on or off.
func SwitchCommand(on bool) iso7816.Command {
	if on {
		return command(InsSwitch, SwitchOn, 0, nil)
	}
	return command(InsSwitch, SwitchOff, 0, nil)
}
