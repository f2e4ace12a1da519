package wire

import (
	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

var (
	noProfile   = channel.Meaning{SW: iso7816.ReferenceNotFound, Kind: channel.KindNotFound, Text: "no such profile"}
	noChallenge = channel.Meaning{SW: iso7816.ConditionsNotSatisfied, Kind: channel.KindConditions,
		Text: "no CHALLENGE before, or used up"}
)

// commands is the table of commands, ordered by INS. The ones of the owner's channel have Keycard's codes and forms.
var commands = []Spec{
	{
		Name: "OPEN SECURE CHANNEL", INS: channel.InsOpen, RetrySafe: true,
		Meanings: []channel.Meaning{
			{SW: iso7816.WrongP1P2, Kind: channel.KindNotFound, Text: "no pairing in this slot"},
			{SW: iso7816.WrongData, Kind: channel.KindWrongData, Text: "the data is not a public key on secp256k1"},
		},
	},
	{Name: "MUTUALLY AUTHENTICATE", INS: channel.InsMutual, Security: channel.SecurityChannel},
	{
		Name: "PAIR", INS: channel.InsPair,
		Meanings: []channel.Meaning{
			{SW: iso7816.SecurityNotSatisfied, Kind: channel.KindAuthRequired, Text: "the pairing password is wrong"},
			{SW: iso7816.NotEnoughSpace, Kind: channel.KindNoSpace, Text: "all pairing slots are taken"},
			{SW: iso7816.ConditionsNotSatisfied, Kind: channel.KindConditions, Text: "a secure channel is open"},
		},
	},
	{
		Name: "UNPAIR", INS: channel.InsUnpair, Security: channel.SecurityPIN, RetrySafe: true,
		Meanings: []channel.Meaning{
			{SW: iso7816.WrongP1P2, Kind: channel.KindNotFound, Text: "the card has no slot with this number"}},
	},
	{Name: "VERIFY PIN", INS: channel.InsVerifyPIN, Security: channel.SecurityChannel},
	{Name: "CHANGE PIN", INS: channel.InsChangePIN, Security: channel.SecurityPIN},
	{
		Name: "UNBLOCK PIN", INS: channel.InsUnblockPIN, Security: channel.SecurityChannel,
		Meanings: []channel.Meaning{
			{SW: iso7816.ConditionsNotSatisfied, Kind: channel.KindConditions, Text: "the PIN is not blocked"}},
	},
	{
		Name: "SET GUARDS", INS: InsSetGuards, Security: channel.SecurityPIN, RetrySafe: true,
		Meanings: []channel.Meaning{
			{SW: iso7816.FunctionNotSupported, Kind: channel.KindUnsupported,
				Text: "the card has no display or no fingerprint sensor"}},
	},
	{Name: "SET PROFILE", INS: InsSetProfile, Security: channel.SecurityPIN, RetrySafe: true},
	{Name: "REFILL", INS: InsRefill, Security: channel.SecurityPIN, RetrySafe: true},
	{Name: "SET SERVICE", INS: InsSetService, Security: channel.SecurityPIN, RetrySafe: true},
	{Name: "SET TIME AUTHORITIES", INS: InsSetTime, Security: channel.SecurityPIN, RetrySafe: true},
	{Name: "SWITCH", INS: InsSwitch, Security: channel.SecurityPIN, RetrySafe: true},
	{
		Name: "BIND", INS: InsBind, Security: channel.SecurityPIN, RetrySafe: true,
		Meanings: []channel.Meaning{noProfile},
	},
	{Name: "READ LOG", INS: InsReadLog, Security: channel.SecurityPIN, RetrySafe: true},
	{
		Name: "MANDATE", INS: InsMandate, Security: channel.SecurityPIN,
		Meanings: []channel.Meaning{
			noProfile,
			{SW: iso7816.WrongData, Kind: channel.KindWrongData,
				Text: "no cap, no period, no payee, the card itself as payee, or an anchor that is no multiple of 8"}},
	},
	{
		Name: "CHALLENGE", INS: InsChallenge, RetrySafe: true,
		Meanings: []channel.Meaning{
			noProfile,
			{SW: iso7816.WrongData, Kind: channel.KindWrongData,
				Text: "no amount, no merchant, the card itself as merchant, or an anchor that is no multiple of 8"}},
	},
	{
		Name: "PAY", INS: InsPay,
		Meanings: []channel.Meaning{noChallenge},
	},
	{
		Name: "SIGN HASH", INS: InsSignHash,
		Meanings: []channel.Meaning{noChallenge},
	},
	{
		Name: "GET STATUS", INS: InsGetStatus, Security: channel.SecurityChannel, RetrySafe: true,
		Meanings: []channel.Meaning{noProfile},
	},
	{
		Name: "FACTORY RESET", INS: channel.InsFactoryReset,
		Meanings: []channel.Meaning{
			{SW: iso7816.ConditionsNotSatisfied, Kind: channel.KindConditions,
				Text: "needs the PIN, or PIN and PUK both blocked"}},
	},
	{
		Name: "INIT", INS: channel.InsInit,
		Meanings: []channel.Meaning{
			{SW: iso7816.InsNotSupported, Kind: channel.KindConditions, Text: "the card is initialised already"}},
	},
}
