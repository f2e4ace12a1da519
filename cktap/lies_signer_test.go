package cktap_test

import (
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

func TestLiesAboutATapsignerAreNamed(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	k.change(wire.CmdXPub, func(m fields) { copy(m["xpub"].([]byte)[45:], theLiar.public()) })
	_, err := k.tapsigner().Account(k.ctx, cvc(theCVC))
	refuses(t, err, card.ErrCardMismatch, cktap.ErrXPub, "the xpub is not the one of the key that signs")
	k.change(wire.CmdXPub, func(m fields) { m["xpub"].([]byte)[4]++ })
	_, err = k.tapsigner().Account(k.ctx, cvc(theCVC))
	refuses(t, err, card.ErrBadResponse, cktap.ErrPath, "levels deep")
	k.change(wire.CmdRead, func(m fields) { m["pubkey"].([]byte)[9] ^= 1 })
	_, err = k.tapsigner().DerivedKey(k.ctx, cvc(theCVC))
	refuses(t, err, card.ErrBadSignature, cktap.ErrRead, "did not sign the read")
	k.change(wire.CmdDerive, func(m fields) { m["sig"] = theLiar.sign(theDigest) })
	_, err = k.tapsigner().Derive(k.ctx, cvc(theCVC), hd.Path{hd.Hardened})
	refuses(t, err, card.ErrBadSignature, cktap.ErrDeriveSignature, "master key did not sign")
	k.change(wire.CmdDerive, func(m fields) { m["master_pubkey"] = theLiar.public() })
	_, err = k.tapsigner().Derive(k.ctx, cvc(theCVC), hd.Path{hd.Hardened | 1})
	refuses(t, err, card.ErrBadSignature, cktap.ErrDeriveSignature, "another master key than its xpub")
}

func TestADigestThatComesBackSignedWrongIsNeverSentAgain(t *testing.T) {
	for name, lie := range map[string]func(k *kit){
		"signature": func(k *kit) { k.change(wire.CmdSign, func(m fields) { m["sig"].([]byte)[40] ^= 1 }) },
		"unreadable": func(k *kit) {
			k.change(wire.CmdSign, func(m fields) { delete(m, "sig") })
		},
		"digest": func(k *kit) { // the pad hides the digest and does not protect it
			k.gate.ask = func(name string, command []byte) []byte {
				if name != wire.CmdSign {
					return command
				}
				body := edit(k, command[5:], func(m fields) { m["digest"].([]byte)[0] ^= 1 })
				return append(append(command[:4:4], byte(len(body))), body...)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, wire.Tapsigner)
			k.setup()
			lie(k)
			s := k.tapsigner()
			_, err := s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
			if name != "unreadable" {
				refuses(t, err, card.ErrBadSignature, cktap.ErrSignedWrong, "do not try again on this reader")
			} else {
				want(t, err, card.ErrBadResponse)
			}
			_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
			refuses(t, err, card.ErrBadSignature, cktap.ErrSignedWrong, "refused")
			if n := k.gate.counted(wire.CmdSign); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestASignatureByAnotherKeyIsRefused(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	done := k.setup()
	s := k.tapsigner()
	key, err := done.Account.Key(hd.Path{0, 1})
	must(t, err)
	_, err = s.Sign(k.ctx, cvc(theCVC), hd.Path{0, 0}, theDigest, &key)
	refuses(t, err, card.ErrCardMismatch, cktap.ErrOtherKey, "signed with another key than expected")
	_, err = s.Sign(k.ctx, cvc(theCVC), hd.Path{0, 1}, theDigest, &key)
	want(t, err, cktap.ErrSignedWrong)
	_, err = k.tapsigner().Derive(k.ctx, cvc(theCVC), path(t, "m/44'/60'/0'"))
	must(t, err)
	k.change("SELECT", func(m fields) { m["path"] = wire.DefaultPath() }) // another program moves it after SELECT
	_, err = k.tapsigner().Sign(k.ctx, cvc(theCVC), hd.Path{0, 1}, theDigest, &key)
	refuses(t, err, card.ErrCardMismatch, cktap.ErrOtherKey, "was moved from m/84h/0h/0h to m/44h/60h/0h")
}
