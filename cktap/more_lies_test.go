package cktap_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

func TestABackupOfAnotherPathOrNetworkIsNotTheAccounts(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	a := k.setup().Account
	file, err := k.tapsigner().Backup(k.ctx, cvc(theCVC))
	must(t, err)
	must(t, cktap.VerifyBackup(secretOf(theKey), file, a))
	moved, other, renamed := a, a, a
	moved.Path = path(t, "m/44'/0'/0'") // depth and last index are the same: only the private key can tell
	other.Testnet = true
	renamed.Fingerprint[0]++
	for _, wrong := range []cktap.Account{moved, other, renamed} {
		want(t, cktap.VerifyBackup(secretOf(theKey), file, wrong), cktap.ErrBackupMismatch)
	}
	want(t, cktap.VerifyBackup(secretOf(theKey[1:]), file, a), wire.ErrBackup)
	want(t, cktap.VerifyBackup(secretOf(theKey), file[:40], a), wire.ErrBackup)
}

func TestACardThatDoesNotGoWhereItWasSentIsFound(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	s := k.tapsigner()
	k.change(wire.CmdStatus, func(m fields) { m["path"] = wire.DefaultPath() })
	_, err := s.Derive(k.ctx, cvc(theCVC), path(t, "m/44'/60'/0'"))
	refuses(t, err, card.ErrBadResponse, cktap.ErrPath, "sent to m/44h/60h/0h and stands at m/84h/0h/0h")
}

func TestANonceThatXPubSpendsSilentlyIsNoticed(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	s := k.tapsigner()
	c, err := wire.CheckRequest{Nonce: theKey}.Command()
	must(t, err)
	raw, err := c.Bytes()
	must(t, err)
	k.gate.change = func(name string, answer []byte) []byte {
		if name == wire.CmdXPub {
			_, err := k.gate.Link.Transmit(k.ctx, raw) // it draws a new one
			must(t, err)
		}
		return answer
	}
	_, err = s.Account(k.ctx, cvc(theCVC))
	must(t, err)
	_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	must(t, err)
}

func TestAHighSIsMadeLow(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	key, err := k.setup().Account.Key(hd.Path{0, 0})
	must(t, err)
	k.change(wire.CmdSign, func(m fields) {
		var s secp256k1.ModNScalar
		sig := m["sig"].([]byte)
		s.SetByteSlice(sig[32:])
		s.Negate()
		s.PutBytesUnchecked(sig[32:])
	})
	sig, err := k.tapsigner().Sign(k.ctx, cvc(theCVC), hd.Path{0, 0}, theDigest, &key)
	must(t, err)
	must(t, sig.Verify(theDigest, key))
}

func TestAnAddressThatDoesNotBelongToItsKeyIsNotListed(t *testing.T) {
	k := newKit(t, wire.Satscard)
	s := k.satscard()
	o, err := s.Unseal(k.ctx, cvc(theCVC), 0)
	must(t, err)
	o.Destroy()
	for name, lie := range map[string]func(fields){
		"address":  func(m fields) { m["addr"] = wire.Address(wire.PublicKey(theLiar.public()), false) },
		"escapes":  func(m fields) { m["addr"] = "\x1b[2J" },
		"a slot":   func(m fields) { m["slot"] = 3 },
		"has keys": func(m fields) { m["master_pk"], m["chain_code"] = theEntropy, theEntropy },
	} {
		k.change(wire.CmdDump, lie)
		if _, err := k.satscard().Slots(k.ctx); !errors.Is(err, card.ErrBadResponse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = s.Slot(k.ctx, 10)
	want(t, err, card.ErrWrongData)
}

func TestACheckWithoutTheSlotsKeyDoesNotVouchForIt(t *testing.T) {
	k := newKit(t, wire.Satscard, blank) // a genuine card with an unused slot, in the hands of a liar
	address := wire.Address(wire.PublicKey(theLiar.public()), false)
	var nonce wire.Nonce
	var host []byte
	k.gate.ask = func(name string, command []byte) []byte {
		if name == wire.CmdRead {
			q, err := wire.ParseReadRequest(command[5:])
			must(t, err)
			host = q.Nonce
		}
		return command
	}
	k.gate.change = func(name string, answer []byte) []byte {
		if n, ok := wire.NextNonce(answer); ok {
			defer func() { nonce = n }()
		}
		switch name {
		case "SELECT", wire.CmdStatus:
			return edit(t, answer, func(m fields) { m["addr"] = wire.BlankAddress(address) })
		case wire.CmdRead:
			a := wire.ReadAnswer{PublicKey: wire.PublicKey(theLiar.public())}
			copy(a.Signature[:], theLiar.sign(wire.ReadDigest(nonce, host, 0)))
			a.CardNonce = nonce // an unused slot answers 406 and keeps its nonce
			body, err := a.Encode()
			must(t, err)
			return bytes.Replace(body, []byte("\x6acard_nonce"), []byte("\x6acard_nonc_"), 1)
		}
		return answer
	}
	_, err := k.satscard().Verify(k.ctx, nil)
	refuses(t, err, card.ErrBadSignature, cktap.ErrCheck, "did not sign the check")
}

func TestAnInterruptedSetupAsksForEntropyAndBackupOnce(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	w := k.wishes()
	asked := 0
	w.Entropy = func(context.Context) ([]byte, error) { asked++; return theEntropy, nil }
	k.gate.refuse = func(name string) bool { return name == wire.CmdNew }
	_, err := k.tapsigner().Setup(k.ctx, w)
	want(t, err, card.ErrRemoved)
	k.gate.refuse = nil
	full := errors.New("the disk is full")
	var files [][]byte
	w.Save = func(_ context.Context, b cktap.SavedBackup) error { files = append(files, b.File); return full }
	_, err = k.tapsigner().Setup(k.ctx, w)
	want(t, err, full)
	w.Save = func(_ context.Context, b cktap.SavedBackup) error { files = append(files, b.File); return nil }
	s := k.tapsigner()
	if step, going, err := k.opts.Store.SettingUp(s.PublicKey()); step != cktap.StepDerive || !going || err != nil {
		t.Error(step, going, err)
	}
	_, err = s.Setup(k.ctx, w)
	must(t, err)
	if asked != 1 || k.gate.counted(wire.CmdBackup) != 0 || len(files) != 2 || !bytes.Equal(files[0], files[1]) {
		t.Errorf("asked for entropy %d times, %d files, sent %v", asked, len(files), k.gate.sent)
	}
}
