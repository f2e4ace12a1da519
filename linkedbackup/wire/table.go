package wire

import "slices"

// Needs says what must have happened before a card runs a command.
type Needs int

// The levels; each includes the ones before it.
const (
	Free      Needs = iota // nothing; works inside and outside the channel
	InChannel              // inside the channel
	Code                   // inside the channel, after the right access code in it
)

// Spec is one row of the table of commands (PROTOCOL.md, Commands).
type Spec struct {
	Name  string
	INS   byte
	Needs Needs
	// Repeats says that the command can be sent again with the same data when its answer was lost, and gets the answer
	// that was lost. The others change nothing, or SELECT shows whether they did.
	Repeats bool
	// Commits is how often the card stores something, at most.
	Commits int
}

// commands is ordered by INS. ABORT needs the code on a card that has a key; the table cannot say that.
var commands = []Spec{
	{Name: "OPEN CHANNEL", INS: InsOpen},
	{Name: "PERSONALIZE", INS: InsPersonalize, Repeats: true, Commits: 1},
	{Name: "VERIFY CODE", INS: InsVerify, Needs: InChannel, Commits: 2},
	{Name: "CHANGE CODE", INS: InsChange, Needs: InChannel, Commits: 2},
	{Name: "WAIT", INS: InsWait, Commits: 1},
	{Name: "ACTIVATE", INS: InsActivate, Needs: InChannel, Commits: 1},
	{Name: "DERIVE", INS: InsDerive, Needs: Code},
	{Name: "SIGN", INS: InsSign, Needs: Code},
	{Name: "BEGIN", INS: InsBegin, Needs: Code, Repeats: true, Commits: 1},
	{Name: "JOIN", INS: InsJoin, Repeats: true, Commits: 1},
	{Name: "COMMIT", INS: InsCommit, Needs: Code, Repeats: true, Commits: 1},
	{Name: "READ BUNDLE", INS: InsBundle},
	{Name: "IMPORT", INS: InsImport, Repeats: true, Commits: 1},
	{Name: "ABORT", INS: InsAbort, Commits: 1},
	{Name: "ATTEST", INS: InsAttest},
	{Name: "RESET", INS: InsReset, Needs: InChannel, Commits: 2},
}

// Commands returns the table of commands, ordered by INS.
func Commands() []Spec { return slices.Clone(commands) }

// Lookup finds a command by its INS; ok is false when there is none.
func Lookup(ins byte) (spec Spec, ok bool) {
	i, ok := slices.BinarySearchFunc(commands, ins, func(s Spec, ins byte) int { return int(s.INS) - int(ins) })
	if !ok {
		return Spec{}, false
	}
	return commands[i], true
}
