package keycard_test

import (
	"context"

	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// Every method that sends something, for the tests that lie to all of them.

type (
	ctxt = context.Context
	sess = *keycard.Session
)

// sessionMethods are all the methods of a session that send something.
var sessionMethods = map[string]func(ctxt, sess) error{
	"Status":       func(ctx ctxt, s sess) error { return second(s.Status(ctx)) },
	"KeyPath":      func(ctx ctxt, s sess) error { return second(s.KeyPath(ctx)) },
	"VerifyPIN":    func(ctx ctxt, s sess) error { return s.VerifyPIN(ctx, pin(thePIN)) },
	"ChangePIN":    func(ctx ctxt, s sess) error { return s.ChangePIN(ctx, pin(thePIN)) },
	"ChangePUK":    func(ctx ctxt, s sess) error { return s.ChangePUK(ctx, pin(thePUK)) },
	"ChangeSecret": func(ctx ctxt, s sess) error { return s.ChangePairingSecret(ctx, theSecret()) },
	"Unblock":      func(ctx ctxt, s sess) error { return s.Unblock(ctx, pin(thePUK), pin(thePIN)) },
	"Unpair":       func(ctx ctxt, s sess) error { return s.Unpair(ctx, 1) },
	"LoadKeyPair":  func(ctx ctxt, s sess) error { return second(s.LoadKeyPair(ctx, theSecret())) },
	"LoadExtended": func(ctx ctxt, s sess) error { return second(s.LoadExtended(ctx, seedKey)) },
	"LoadSeed":     func(ctx ctxt, s sess) error { return second(s.LoadSeed(ctx, theSeed())) },
	"GenerateKey":  func(ctx ctxt, s sess) error { return second(s.GenerateKey(ctx)) },
	"RemoveKey":    func(ctx ctxt, s sess) error { return s.RemoveKey(ctx) },
	"Derive":       func(ctx ctxt, s sess) error { return s.Derive(ctx, wire.FromMaster, hd.Path{1}) },
	"Mnemonic":     func(ctx ctxt, s sess) error { return second(s.GenerateMnemonic(ctx, 12)) },
	"Sign": func(ctx ctxt, s sess) error {
		sig, err := s.Sign(ctx, theDigest, keycard.Current())
		if err == nil {
			return sig.Verify(theDigest, sig.PublicKey) // whatever comes back must be right
		}
		return err
	},
	"SignPath": func(ctx ctxt, s sess) error {
		return second(s.Sign(ctx, theDigest, keycard.At(hd.Path{1})))
	},
	"SetPinless": func(ctx ctxt, s sess) error { return s.SetPinlessPath(ctx, hd.Path{1}) },
	"ExportPublic": func(ctx ctxt, s sess) error {
		return second(s.ExportPublic(ctx, keycard.At(nil)))
	},
	"ExportPrivate": func(ctx ctxt, s sess) error {
		return third(s.ExportPrivate(ctx, keycard.Current()))
	},
	"ExportXPub": func(ctx ctxt, s sess) error { return second(s.ExportXPub(ctx, keycard.At(nil))) },
	"ExportNext": func(ctx ctxt, s sess) error { return third(s.ExportNext(ctx, hd.Path{1})) },
	"SetNDEF":    func(ctx ctxt, s sess) error { return s.SetNDEF(ctx, []byte("x")) },
	"StoreData":  func(ctx ctxt, s sess) error { return s.StoreData(ctx, keycard.DataPublic, nil) },
	"GetData":    func(ctx ctxt, s sess) error { return second(s.Card().GetData(ctx, 0)) },
	"Identify":   func(ctx ctxt, s sess) error { return second(s.Card().Identify(ctx, nobody)) },
	"SignPinless": func(ctx ctxt, s sess) error {
		return second(s.Card().SignPinless(ctx, theDigest))
	},
	"DupStart":  func(ctx ctxt, s sess) error { return s.DuplicateStart(ctx, 2, theSecret()) },
	"DupExport": func(ctx ctxt, s sess) error { return second(s.DuplicateExport(ctx)) },
	"DupImport": func(ctx ctxt, s sess) error {
		return second(s.DuplicateImport(ctx, make([]byte, 96)))
	},
}

// cardMethods are those of a card that need no session.
var cardMethods = map[string]func(ctxt, *keycard.Card) error{
	"Init":         func(ctx ctxt, c *keycard.Card) error { return c.Init(ctx, initOptions()) },
	"HasDuressPIN": func(ctx ctxt, c *keycard.Card) error { return second(c.HasDuressPIN(ctx)) },
	"Pair":         func(ctx ctxt, c *keycard.Card) error { return second(c.Pair(ctx, theSecret())) },
	"Open": func(ctx ctxt, c *keycard.Card) error {
		return second(c.Open(ctx, keycard.Pairing{Key: theSecret()}))
	},
	"UsedSlots":    func(ctx ctxt, c *keycard.Card) error { return second(c.UsedSlots(ctx)) },
	"Identify":     func(ctx ctxt, c *keycard.Card) error { return second(c.Identify(ctx, nobody)) },
	"GetData":      func(ctx ctxt, c *keycard.Card) error { return second(c.GetData(ctx, 0)) },
	"SignPinless":  func(ctx ctxt, c *keycard.Card) error { return second(c.SignPinless(ctx, theDigest)) },
	"NDEF":         func(ctx ctxt, c *keycard.Card) error { return second(c.NDEF(ctx)) },
	"FactoryReset": func(ctx ctxt, c *keycard.Card) error { return c.FactoryReset(ctx) },
	"AddEntropy":   func(ctx ctxt, c *keycard.Card) error { return c.DuplicateAddEntropy(ctx, theSecret()) },
}

var seedKey = func() *hd.Key {
	key, err := hd.Master(theSeed())
	if err != nil {
		panic(err)
	}
	return key
}()

func nobody([]byte) (string, bool) { return "", false }

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }
