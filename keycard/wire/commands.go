package wire

import "tapcard.example/iso7816"

// commands is the table of commands, ordered by INS. Sources: the section of the Keycard seed with the command's name;
// versions and later status words as observed in releases 2.0 to 3.2.
var commands = []Spec{
	{
		Name: "OPEN SECURE CHANNEL", INS: InsOpen, First: V2_0, Last: V3_2, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.WrongP1P2, KindNotFound, "no pairing in this slot"},
			{iso7816.WrongData, KindWrongData, "the data is not a public key on secp256k1"},
		},
	}, {
		Name: "MUTUALLY AUTHENTICATE", INS: InsMutual, First: V2_0, Last: V3_2, Security: SecurityChannel,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "no OPEN SECURE CHANNEL before, or authenticated already"},
			{iso7816.SecurityNotSatisfied, KindAuthRequired, "the card does not know this pairing key"},
		},
	}, {
		Name: "PAIR", INS: InsPair, First: V2_0, Last: V3_2,
		Meanings: []Meaning{
			{iso7816.WrongData, KindWrongData, "the data is not 32 bytes"},
			{iso7816.SecurityNotSatisfied, KindAuthRequired, "the pairing password is wrong"},
			{iso7816.NotEnoughSpace, KindNoSpace, "all pairing slots are taken"},
			{iso7816.WrongP1P2, KindWrongP1P2, "no such step, or the first step is missing"},
			{iso7816.ConditionsNotSatisfied, KindConditions, "a secure channel is open"},
		},
	}, {
		Name: "UNPAIR", INS: InsUnpair, First: V2_0, Last: V3_2, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{{iso7816.WrongP1P2, KindNotFound, "the card has no slot with this number"}},
	}, {
		Name: "IDENT", INS: InsIdent, First: V3_1, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.WrongData, KindWrongData, "the challenge is not 32 bytes"},
			{iso7816.ConditionsNotSatisfied, KindNotFound, "the card has no certificate"},
		},
	}, {
		Name: "VERIFY PIN", INS: InsVerifyPIN, First: V2_0, Security: SecurityChannel,
		Meanings: []Meaning{{iso7816.WrongData, KindWrongData, "not 6 digits; no try was spent"}},
	}, {
		Name: "CHANGE PIN", INS: InsChangePIN, First: V2_0, Security: SecurityPIN,
		Meanings: []Meaning{
			{iso7816.WrongData, KindWrongData, "not 6 digits, 12 digits or 32 bytes, whichever applies"},
			{iso7816.WrongP1P2, KindWrongP1P2, "neither PIN, PUK nor pairing secret"},
		},
	}, {
		Name: "UNBLOCK PIN", INS: InsUnblockPIN, First: V2_0, Security: SecurityChannel,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "the PIN is not blocked, or no secure channel is open"},
			{iso7816.WrongData, KindWrongData, "not 18 digits; no try was spent"},
		},
	}, {
		Name: "SIGN", INS: InsSign, First: V2_0, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "no key is loaded, or the PIN is not verified"},
			{iso7816.WrongData, KindWrongData, "the hash is not 32 bytes, or the path is malformed or too deep"},
			{iso7816.ReferenceDataUnusable, KindInvalidKey, "a component of the path leads to an invalid key"},
			{iso7816.ReferenceNotFound, KindNotFound, "no PIN-less path is set"},
			{iso7816.WrongParameters, KindWrongP1P2, "no such way to sign, or no parent key to start from"},
		},
	}, {
		Name: "SET PINLESS PATH", INS: InsSetPinless, First: V2_0, Last: V3_2, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.WrongData, KindWrongData, "the path is malformed or deeper than 10 levels"},
			{iso7816.ReferenceDataUnusable, KindInvalidKey, "a component of the path leads to an invalid key"},
		},
	}, {
		Name: "EXPORT KEY", INS: InsExport, First: V2_0, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "this key may not leave the card, or there is none"},
			{iso7816.WrongData, KindWrongData, "the path is malformed or too deep"},
			{iso7816.ReferenceDataUnusable, KindInvalidKey, "a component of the path leads to an invalid key"},
			{iso7816.WrongParameters, KindConditions, "no parent key to start from"},
		},
	}, {
		Name: "GET DATA", INS: InsGetData, First: V2_3, RetrySafe: true,
		Meanings: []Meaning{{iso7816.WrongP1P2, KindNotFound, "no such data area"}},
	}, {
		Name: "LOAD KEY", INS: InsLoadKey, First: V2_0, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{{iso7816.WrongP1P2, KindWrongP1P2, "no such type of key"}},
	}, {
		Name: "DERIVE KEY", INS: InsDerive, First: V2_0, Last: V3_2, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "no extended key is loaded, or the PIN is not verified"},
			{iso7816.WrongData, KindWrongData, "the path is malformed or deeper than 10 levels"},
			{iso7816.ReferenceDataUnusable, KindInvalidKey, "a component of the path leads to an invalid key"},
			{iso7816.WrongParameters, KindConditions, "no parent key to start from"},
		},
	}, {
		Name: "GENERATE MNEMONIC", INS: InsGenerateMnemonic, First: V2_0, Security: SecurityChannel, RetrySafe: true,
		Meanings: []Meaning{{iso7816.WrongP1P2, KindWrongP1P2, "the checksum size is not 4 to 8"}},
	}, {
		Name: "REMOVE KEY", INS: InsRemoveKey, First: V2_0, Security: SecurityPIN, RetrySafe: true,
	}, {
		Name: "GENERATE KEY", INS: InsGenerateKey, First: V2_0, Security: SecurityPIN,
	}, {
		// ADD ENTROPY needs neither channel nor PIN; see DuplicateSecurity.
		Name: "DUPLICATE KEY", INS: InsDuplicate, First: V2_0, Last: V2_3, Security: SecurityPIN,
		Meanings: []Meaning{
			{iso7816.ConditionsNotSatisfied, KindConditions, "no duplication is in progress, or pieces are missing"},
			{iso7816.WrongData, KindWrongData, "not 32 bytes of entropy, or not a duplicate"},
			{0x6F02, KindNotFound, "no key to duplicate; the session is over"},
			{0x6F05, KindWrongData, "the data does not decrypt"},
		},
	}, {
		Name: "STORE DATA", INS: InsStoreData, First: V2_3, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{
			{iso7816.WrongData, KindNoSpace, "too long for this data area"},
			{iso7816.WrongP1P2, KindNotFound, "no such data area"},
		},
	}, {
		Name: "GET STATUS", INS: InsGetStatus, First: V2_0, Security: SecurityChannel, RetrySafe: true,
	}, {
		Name: "SET NDEF", INS: InsSetNDEF, First: V2_0, Last: V2_3, Security: SecurityPIN, RetrySafe: true,
		Meanings: []Meaning{{iso7816.WrongData, KindWrongData, "the first two bytes are not the length of the rest"}},
	}, {
		Name: "FACTORY RESET", INS: InsFactoryReset, First: V3_1,
		Meanings: []Meaning{{iso7816.WrongP1P2, KindWrongP1P2, "P1 and P2 are not the magic AA 55"}},
	}, {
		Name: "INIT", INS: InsInit, First: V2_0,
		Meanings: []Meaning{
			{iso7816.InsNotSupported, KindConditions, "the card is initialised already"},
			{iso7816.WrongData, KindWrongData, "PIN, PUK, pairing secret or limits are malformed"},
		},
	},
}
