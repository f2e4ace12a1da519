package wire

import (
	"fmt"
	"slices"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// cla is the class of all commands but SELECT. The card does not look at it.
const cla = 0x80

// command builds a command that expects no data back, query one that does.
func command(ins, p1, p2 byte, data []byte) iso7816.Command {
	return iso7816.Command{CLA: cla, INS: ins, P1: p1, P2: p2, Data: data}
}

func query(ins, p1, p2 byte, data []byte) iso7816.Command {
	c := command(ins, p1, p2, data)
	c.Ne = iso7816.MaxShortNe
	return c
}

// Refusal is a status word of a guard: 98xx says which one refused, 99xx that xx seconds are missing (FF: 255 or more).
// A refused command has changed nothing.
type Refusal iso7816.Status

// The refusals.
const (
	RefusedOff       Refusal = 0x9801 // the card is switched off
	RefusedPower     Refusal = 0x9802 // it has signed since it was powered up
	RefusedCounter   Refusal = 0x9803 // no signatures are left
	RefusedHour      Refusal = 0x9804 // too many signatures in this hour
	RefusedSingle    Refusal = 0x9805 // more than one payment may be
	RefusedVelocity  Refusal = 0x9806 // more than may be spent in the window
	RefusedCurrency  Refusal = 0x9807 // more than may be spent in the window, in the owner's currency
	RefusedOffline   Refusal = 0x9808 // no approval, and the offline allowance does not cover the payment
	RefusedNoTime    Refusal = 0x9809 // no time authority's signature
	RefusedApprover  Refusal = 0x980A // the approver's signature does not verify
	RefusedAuthority Refusal = 0x980B // the time authority's signature does not verify
	RefusedPast      Refusal = 0x980C // the time is before the last one
	RefusedExpired   Refusal = 0x980D // the token expires before its own time
	RefusedRate      Refusal = 0x980E // the token has no rate amount
	RefusedTouch     Refusal = 0x980F // this profile needs a touch of the button
	RefusedDisplay   Refusal = 0x9810 // not confirmed on the display
	RefusedFinger    Refusal = 0x9811 // not the owner's finger
	RefusedBlind     Refusal = 0x9812 // blind signing is off
	RefusedSpent     Refusal = 0x9813 // the counter has reached its end

	refused = 0x98
	wait    = 0x99
)

// Wait is the refusal of a payment that comes too early, by so many seconds.
func Wait(seconds uint64) Refusal { return Refusal(wait<<8 | min(seconds, 0xFF)) }

// SW is the status word.
func (r Refusal) SW() iso7816.Status { return iso7816.Status(r) }

// Seconds is how long to wait; ok is false for any other refusal.
func (r Refusal) Seconds() (n int, ok bool) { return int(r & 0xFF), r>>8 == wait }

// AsRefusal recognises a guard's status word.
func AsRefusal(sw iso7816.Status) (Refusal, bool) {
	return Refusal(sw), sw.SW1() == refused || sw.SW1() == wait
}

var refusals = map[Refusal]string{
	RefusedOff:       "the card is switched off",
	RefusedPower:     "it has signed already; take it away and tap again",
	RefusedCounter:   "no signatures are left; its owner must refill it",
	RefusedHour:      "too many signatures within an hour",
	RefusedSingle:    "the amount is more than one payment may be",
	RefusedVelocity:  "the amount is more than may be spent at present",
	RefusedCurrency:  "the amount is more than may be spent at present in the owner's currency",
	RefusedOffline:   "it needs an approval; the offline allowance does not cover this payment",
	RefusedNoTime:    "it needs a time authority's signature",
	RefusedApprover:  "the approver's signature does not verify",
	RefusedAuthority: "the time authority's signature does not verify",
	RefusedPast:      "the token's time is before the last one",
	RefusedExpired:   "the token expires before its own time",
	RefusedRate:      "the token has no amount in the owner's currency",
	RefusedTouch:     "this profile needs a touch of the card's button",
	RefusedDisplay:   "the payment was not confirmed on the card",
	RefusedFinger:    "the card did not recognise its owner's finger",
	RefusedBlind:     "blind signing is switched off",
	RefusedSpent:     "the card's counter has reached its end",
}

// String is one line for people at a till.
func (r Refusal) String() string {
	if n, ok := r.Seconds(); ok {
		return fmt.Sprintf("wait %d s", n)
	}
	if text, ok := refusals[r]; ok {
		return text
	}
	return fmt.Sprintf("refused by a guard that is not known here, %v", r.SW())
}

// Spec is one row of the table of commands. Levels of security and kinds of status words are Keycard's.
type Spec struct {
	Name      string
	INS       byte
	Security  channel.Security
	RetrySafe bool // sending it again after its answer was lost does no harm
	Meanings  []channel.Meaning
}

// Meaning explains a status word that answered this command, refusals of guards included.
func (s Spec) Meaning(sw iso7816.Status) channel.Meaning {
	if r, ok := AsRefusal(sw); ok {
		return channel.Meaning{SW: sw, Kind: channel.KindConditions, Text: r.String()}
	}
	for _, m := range s.Meanings {
		if m.SW == sw {
			return m
		}
	}
	return channel.Spec{}.Meaning(sw)
}

// Commands returns the table of commands, ordered by INS.
func Commands() []Spec { return slices.Clone(commands) }

// Lookup finds a command by its INS.
func Lookup(ins byte) (Spec, bool) {
	i, ok := slices.BinarySearchFunc(commands, ins, func(s Spec, ins byte) int { return int(s.INS) - int(ins) })
	if !ok {
		return Spec{}, false
	}
	return commands[i], true
}
