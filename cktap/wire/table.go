package wire

import "slices"

// Security is what a command needs on one product.
type Security int

// The levels of security.
const (
	SecurityAbsent   Security = iota // the product does not have the command: 404
	SecurityNone                     // works right after SELECT
	SecurityOptional                 // works without the CVC, and says more with it
	SecurityCVC                      // needs the CVC: 403 without
)

// String names the level.
func (s Security) String() string {
	if s < SecurityAbsent || s > SecurityCVC {
		return "unknown"
	}
	return [...]string{"absent", "none", "CVC optional", "CVC"}[s]
}

// Names of commands, as they are in "cmd".
const (
	CmdStatus = "status"
	CmdRead   = "read"
	CmdDerive = "derive"
	CmdCerts  = "certs"
	CmdCheck  = "check"
	CmdNew    = "new"
	CmdNFC    = "nfc"
	CmdSign   = "sign"
	CmdWait   = "wait"
	CmdUnseal = "unseal"
	CmdDump   = "dump"
	CmdChange = "change"
	CmdXPub   = "xpub"
	CmdBackup = "backup"
)

// Spec is one row of the table of commands.
type Spec struct {
	Name     string
	First    Version // the firmware that brought it
	Satscard Security
	Signer   Security // on TAPSIGNER, and on SATSCHIP unless NoSatschip
	// NoSatschip says that SATSCHIP lacks it though TAPSIGNER has it.
	NoSatschip bool
	// RetrySafe says that asking again, with fresh nonces, after the answer was lost does no harm: it changes nothing,
	// or nothing that a second time makes different. Of the others one has to look at the card's state first.
	RetrySafe bool
	// SetsNonce says that the answer brings a new nonce, so that the one before is used up.
	SetsNonce bool
	// Meanings is what codes mean in answer to this command in particular.
	Meanings []Meaning
}

// Security is what the command needs on a product.
func (s Spec) Security(p Product) Security {
	switch {
	case p == Satscard:
		return s.Satscard
	case p == Tapsigner, p == Satschip && !s.NoSatschip:
		return s.Signer
	}
	return SecurityAbsent
}

// Meaning explains an error code that answered this command. A code that nothing is known about has KindUnexpected.
func (s Spec) Meaning(code int) Meaning {
	for _, m := range s.Meanings {
		if m.Code == code {
			return m
		}
	}
	if m, ok := CodeMeaning(code); ok {
		return m
	}
	return Meaning{Code: code, Kind: KindUnexpected, Text: "nothing is known about this error code"}
}

// Commands returns the table of commands. The caller may change the slice, not the meanings in it.
func Commands() []Spec { return slices.Clone(commands) }

// Lookup finds a command by its name; ok is false when no product has it.
func Lookup(name string) (spec Spec, ok bool) {
	i := slices.IndexFunc(commands, func(s Spec) bool { return s.Name == name })
	if i < 0 {
		return Spec{}, false
	}
	return commands[i], true
}
