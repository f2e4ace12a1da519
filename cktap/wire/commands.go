package wire

// commands is the table of commands, in the order of the protocol document. Sources: the section of the Tap protocol
// with the command's name; when the nonce changes, and which code tells which cause, as observed.
var commands = []Spec{
	{
		Name: CmdStatus, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityNone, RetrySafe: true, SetsNonce: true,
	}, {
		Name: CmdRead, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityCVC, RetrySafe: true, SetsNonce: true,
		Meanings: []Meaning{state("the slot has no key yet; new picks one")},
	}, {
		// On a signer it stores the path, and doing that twice is the same.
		Name: CmdDerive, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityCVC, RetrySafe: true, SetsNonce: true,
		Meanings: []Meaning{
			state("there is no key yet; new picks one"),
			arguments("the nonce is not 16 bytes, or the path has more than 8 components or one that is not hardened"),
		},
	}, {
		Name: CmdCerts, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityNone, RetrySafe: true,
	}, {
		Name: CmdCheck, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityNone, RetrySafe: true, SetsNonce: true,
	}, {
		Name: CmdNew, First: V0_9_0, Satscard: SecurityCVC, Signer: SecurityCVC, SetsNonce: true,
		Meanings: []Meaning{
			never("the card has no slot left, or a TAPSIGNER has its key already"),
			state("the current slot is still sealed"),
			arguments("this is not the current slot, or the chain code is missing"),
			{Code: CodeWeakNonce, Kind: KindWeakNonce, Text: "the chain code is not random enough"},
		},
	}, {
		Name: CmdNFC, First: V0_9_0, Satscard: SecurityNone, Signer: SecurityNone, RetrySafe: true,
	}, {
		Name: CmdSign, First: V0_9_0, Satscard: SecurityCVC, Signer: SecurityCVC, RetrySafe: true, SetsNonce: true,
		Meanings: []Meaning{
			state("the slot is not unsealed, or the card has no key yet"),
			arguments("the digest is not 32 bytes, the slot does not exist, or the subpath is hardened or too long"),
		},
	}, {
		Name: CmdWait, First: V0_9_0, Satscard: SecurityOptional, Signer: SecurityOptional, RetrySafe: true,
	}, {
		Name: CmdUnseal, First: V0_9_0, Satscard: SecurityCVC, SetsNonce: true,
		Meanings: []Meaning{
			never("all slots of the card are used up"),
			state("the current slot is not sealed"),
			arguments("this is not the current slot"),
		},
	}, {
		Name: CmdDump, First: V0_9_0, Satscard: SecurityOptional, RetrySafe: true, SetsNonce: true,
		Meanings: []Meaning{arguments("the card has no slot with this number")},
	}, {
		Name: CmdChange, First: V0_9_0, Signer: SecurityCVC, SetsNonce: true,
		Meanings: []Meaning{arguments("the new CVC is not 6 to 32 digits")},
	}, {
		Name: CmdXPub, First: V0_9_0, Signer: SecurityCVC, RetrySafe: true,
		Meanings: []Meaning{state("there is no key yet; new picks one")},
	}, {
		// A second backup is the same but for the counter that status shows.
		Name: CmdBackup, First: V0_9_0, Signer: SecurityCVC, NoSatschip: true, RetrySafe: true, SetsNonce: true,
		Meanings: []Meaning{state("there is no key yet; new picks one")},
	},
}

func state(text string) Meaning {
	return Meaning{Code: CodeInvalidState, Kind: KindState, Text: text}
}

func arguments(text string) Meaning {
	return Meaning{Code: CodeBadArguments, Kind: KindBadArguments, Text: text}
}

func never(text string) Meaning {
	return Meaning{Code: CodeInvalidCommand, Kind: KindNever, Text: text}
}
