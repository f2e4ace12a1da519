package wire

import (
	"slices"

	"tapcard.example/iso7816"
)

// Security is what a command needs before the card runs it.
type Security int

// The levels of security; each includes the ones before it.
const (
	SecurityNone    Security = iota // works right after SELECT
	SecurityChannel                 // an open secure channel
	SecurityPIN                     // an open secure channel and a verified PIN
)

// String names the level.
func (s Security) String() string {
	return [...]string{"none", "secure channel", "secure channel and PIN"}[s]
}

// Kind sorts status words by what a program can do about them. The host turns kinds into its own errors.
type Kind int

// The kinds of answers.
const (
	KindUnexpected   Kind = iota // this command has no such status word
	KindOK                       // 9000
	KindAuthRequired             // a secure channel is needed, or the one there was is gone
	KindWrongPIN                 // a PIN or PUK was wrong; the status word carries the tries left
	KindBlocked                  // no tries left
	KindConditions               // not allowed in the card's present state
	KindWrongData                // the data has the wrong form
	KindInvalidKey               // BIP-32 has no key at this path
	KindNotFound                 // nothing there
	KindNoSpace                  // no room
	KindUnsupported              // this version of the applet does not have it
	KindWrongP1P2                // a parameter byte is out of range
	KindInternal                 // the applet failed, with a reason of its platform
)

// Meaning is what a status word says in answer to one command.
type Meaning struct {
	SW   iso7816.Status
	Kind Kind
	Text string // one line, lower case, no full stop
}

// Spec is one row of the table of commands.
type Spec struct {
	Name     string
	INS      byte
	First    Version // the version that brought it
	Last     Version // the last version that has it; 0: it is still there
	Security Security
	// RetrySafe says that sending the command once more after its answer was lost does no harm. The function RetrySafe
	// also looks at the parameters.
	RetrySafe bool
	Meanings  []Meaning // what is particular to this command
}

// Known says whether version v has the command.
func (s Spec) Known(v Version) bool { return v >= s.First && (s.Last == 0 || v <= s.Last) }

// Meaning explains a status word that answered this command. 63Cx is found whatever x is; a status word that nothing
// is known about has KindUnexpected.
func (s Spec) Meaning(sw iso7816.Status) Meaning {
	if m, ok := tries(sw); ok {
		return m
	}
	for _, list := range [][]Meaning{s.Meanings, common} {
		for _, m := range list {
			if m.SW == sw {
				return m
			}
		}
	}
	if sw.SW1() == iso7816.Internal.SW1() {
		return Meaning{sw, KindInternal, "the applet failed; the second byte is the platform's reason"}
	}
	return Meaning{sw, KindUnexpected, "nothing is known about this status word here"}
}

// tries explains the answers to a wrong PIN or PUK.
func tries(sw iso7816.Status) (Meaning, bool) {
	left, ok := sw.TriesLeft()
	switch {
	case !ok:
		return Meaning{}, false
	case left == 0:
		return Meaning{sw, KindBlocked, "wrong, or already blocked: no tries are left"}, true
	default:
		return Meaning{sw, KindWrongPIN, "wrong; the last digit is the number of tries left"}, true
	}
}

// common is what status words mean in answer to any command (Keycard seed; facts of later versions in commands.go).
var common = []Meaning{
	{iso7816.OK, KindOK, "done"},
	{iso7816.SecurityNotSatisfied, KindAuthRequired, "the secure channel is closed; it was broken or never open"},
	{iso7816.ConditionsNotSatisfied, KindConditions, "a precondition is not met: secure channel, PIN, or a key"},
	{iso7816.WrongData, KindWrongData, "the data has the wrong form or length"},
	{iso7816.WrongP1P2, KindWrongP1P2, "P1 or P2 is out of range"},
	{iso7816.WrongParameters, KindWrongP1P2, "P1 or P2 is out of range"},
	{iso7816.WrongLength, KindWrongData, "the data has the wrong length"},
	{iso7816.InsNotSupported, KindUnsupported, "this applet does not know the command, or not before INIT"},
	{iso7816.ClaNotSupported, KindUnsupported, "another applet answered; select the Keycard applet again"},
	{iso7816.Internal, KindInternal, "the applet failed"},
}

// Commands returns the table of commands, ordered by INS. The caller may change the slice, not the meanings in it.
func Commands() []Spec { return slices.Clone(commands) }

// Lookup finds a command of the Keycard applet by its INS; ok is false when no version has it.
func Lookup(ins byte) (spec Spec, ok bool) {
	i, ok := slices.BinarySearchFunc(commands, ins, func(s Spec, ins byte) int { return int(s.INS) - int(ins) })
	if !ok {
		return Spec{}, false
	}
	return commands[i], true
}

// RetrySafe says whether c may be sent once more when nobody knows if the card has already run it. For the commands
// that can move the current key it depends on the start: a path from the master key leads to the same key twice, one
// from the current key or its parent does not.
func RetrySafe(c iso7816.Command) bool {
	spec, ok := Lookup(c.INS)
	if !ok || !spec.RetrySafe {
		return false
	}
	mode, source := SplitP1(c.P1)
	switch c.INS {
	case InsDerive:
		return source == FromMaster || source == ToPinless
	case InsSign, InsExport:
		return mode != DeriveAndMakeCurrent || source == FromMaster
	}
	return true
}
