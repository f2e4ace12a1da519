package cktap_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/fxamacker/cbor/v2"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// fields are a CBOR map in the hands of somebody between card and host.
type fields map[string]any

func edit(t testing.TB, body []byte, change func(fields)) []byte {
	t.Helper()
	m := fields{}
	must(t, cbor.Unmarshal(body, &m))
	change(m)
	out, err := cbor.Marshal(m)
	must(t, err)
	return out
}

// change has the answers to one command changed.
func (k *kit) change(name string, f func(fields)) {
	k.gate.change = func(sent string, answer []byte) []byte {
		if sent == name {
			return edit(k, answer, f)
		}
		return answer
	}
}

// liar has a key of his own, and knows all that is not secret.
type liar struct{ key *secp256k1.PrivateKey }

var theLiar = liar{secp256k1.PrivKeyFromBytes([]byte("somebody between host and card  "))}

func (l liar) public() []byte { return l.key.PubKey().SerializeCompressed() }

func (l liar) sign(digest [32]byte) []byte { return ecdsa.SignCompact(l.key, digest[:], true)[1:] }

// refuses fails unless err is of the kind and names what did not match.
func refuses(t testing.TB, err, kind, detail error, sentence string) {
	t.Helper()
	if err == nil {
		t.Error("believed")
		return
	}
	want(t, err, kind, detail)
	if !strings.Contains(err.Error(), sentence) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q does not say %q in one line", err, sentence)
	}
}

func TestARootThatIsNotTrustedIsRefused(t *testing.T) {
	k := newKit(t, wire.Satscard)
	k.opts.Authorities = nil // the maker alone
	v, err := k.satscard().Prove(k.ctx)
	must(t, err)
	if root := k.factory.Root(); v.Authenticity != cktap.SoftwareCard || v.Root != hex.EncodeToString(root[:]) {
		t.Errorf("%+v", v)
	}
	_, err = k.satscard().Verify(k.ctx, nil)
	refuses(t, err, card.ErrBadCert, cktap.ErrRoot, "no trusted factory vouches for this card")
	k.forget()
	s := k.satscard()
	_, err = s.Unseal(k.ctx, cvc(theCVC), 0)
	refuses(t, err, card.ErrBadCert, cktap.ErrRoot, "the CVC is not given to this card")
	if k.gate.counted(wire.CmdUnseal) != 0 {
		t.Error("the CVC was given all the same")
	}
}

func TestOnlyTheMakersProductionRootIsTrustedByDefault(t *testing.T) {
	if cktap.ProductionRoot() != "03028a0e89e70d0ec0d932053a89ab1da7d9182bdc6d2f03e706ee99517d05d9e1" {
		t.Error("another root")
	}
}

func TestATestnetCardUnderTheProductionRootIsAnAlarm(t *testing.T) {
	for _, with := range []option{testnet, func(*applet.Options) {}} {
		k := newKit(t, wire.Satscard, with)
		cktap.ActAsMaker(t, k.factory.Root())
		k.opts.Authorities = nil
		s := k.satscard()
		_, err := s.Verify(k.ctx, nil)
		if !s.Status().Testnet {
			must(t, err)
			continue
		}
		refuses(t, err, card.ErrBadCert, cktap.ErrTestnetRoot, "says testnet")
		err = k.satscard().CheckCVC(k.ctx, cvc(theCVC))
		refuses(t, err, card.ErrBadCert, cktap.ErrTestnetRoot, "says testnet")
	}
}

func TestLiesAboutASatscardAreNamed(t *testing.T) {
	for _, test := range []struct {
		name, command string
		lie           func(fields)
		kind, detail  error
		sentence      string
	}{
		{"key of read", wire.CmdRead, func(m fields) { m["pubkey"] = theLiar.public() },
			card.ErrBadSignature, cktap.ErrRead, "did not sign the read"},
		{"signature of check", wire.CmdCheck, func(m fields) { m["auth_sig"] = theLiar.sign(theDigest) },
			card.ErrBadSignature, cktap.ErrCheck, "did not sign the check"},
		{"certificate", wire.CmdCerts, func(m fields) { m["cert_chain"].([]any)[1].([]byte)[9] ^= 1 },
			card.ErrBadCert, nil, "certif"},
		{"certificate of no kind", wire.CmdCerts, func(m fields) { m["cert_chain"].([]any)[0].([]byte)[0] = 9 },
			card.ErrBadCert, wire.ErrCertificate, "header byte 9"},
		{"chain code", wire.CmdDerive, func(m fields) { m["chain_code"].([]byte)[0] ^= 1 },
			card.ErrBadSignature, cktap.ErrDeriveSignature, "master key did not sign"},
		{"master key", wire.CmdDerive, func(m fields) { m["master_pubkey"] = theLiar.public() },
			card.ErrBadSignature, cktap.ErrDeriveSignature, "master key did not sign"},
		{"address", "SELECT", func(m fields) { m["addr"] = "bc1qqqqqqqqq___qqqqqqqqqqqq" },
			card.ErrCardMismatch, cktap.ErrAddress, "does not lead to the address"},
		{"address that is none", "SELECT", func(m fields) { m["addr"] = "\x1b[2J evil__ ___ evil evil ev" },
			card.ErrCardMismatch, cktap.ErrAddress, "something that is no address"},
		{"no slot left", "SELECT", func(m fields) { m["slots"] = []int{10, 10} },
			card.ErrConditions, cktap.ErrUsedUp, "used up"},
		{"testnet", "SELECT", func(m fields) { m["testnet"] = true }, card.ErrCardMismatch, cktap.ErrAddress, "not bc1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := newKit(t, wire.Satscard)
			k.change(test.command, test.lie)
			_, err := k.satscard().Verify(k.ctx, nil)
			if test.detail == nil {
				test.detail = test.kind
			}
			refuses(t, err, test.kind, test.detail, test.sentence)
		})
	}
}

// A liar between a genuine card and the host signs with a key of his own: only the card's own key can tell.
func TestASlotKeyOfSomebodyElseIsFoundByTheCheck(t *testing.T) {
	k := newKit(t, wire.Satscard)
	address := wire.Address(wire.PublicKey(theLiar.public()), false)
	var host []byte
	k.gate.ask = func(name string, command []byte) []byte {
		if name == wire.CmdRead {
			q, err := wire.ParseReadRequest(command[5:])
			must(t, err)
			host = q.Nonce
		}
		return command
	}
	var nonce wire.Nonce
	k.gate.change = func(name string, answer []byte) []byte {
		used := nonce
		if n, ok := wire.NextNonce(answer); ok {
			nonce = n
		}
		switch name {
		case "SELECT", wire.CmdStatus:
			return edit(t, answer, func(m fields) { m["addr"] = wire.BlankAddress(address) })
		case wire.CmdRead:
			return edit(t, answer, func(m fields) {
				m["pubkey"], m["sig"] = theLiar.public(), theLiar.sign(wire.ReadDigest(used, host, 0))
			})
		}
		return answer
	}
	_, err := k.satscard().Verify(k.ctx, nil)
	refuses(t, err, card.ErrBadSignature, cktap.ErrCheck, "the slot has another key than read says")
}

func TestAMasterKeyThatDoesNotLeadToTheAddressIsRefused(t *testing.T) {
	k := newKit(t, wire.Satscard)
	var host []byte
	var nonce wire.Nonce
	k.gate.ask = func(name string, command []byte) []byte {
		if name == wire.CmdDerive {
			q, err := wire.ParseDeriveRequest(command[5:])
			must(t, err)
			host = q.Nonce
		}
		return command
	}
	k.gate.change = func(name string, answer []byte) []byte {
		used := nonce
		if n, ok := wire.NextNonce(answer); ok {
			nonce = n
		}
		if name != wire.CmdDerive {
			return answer
		}
		return edit(t, answer, func(m fields) {
			m["master_pubkey"], m["sig"] = theLiar.public(),
				theLiar.sign(wire.DeriveDigest(used, host, wire.Bytes32(m["chain_code"].([]byte))))
		})
	}
	_, err := k.satscard().Verify(k.ctx, nil)
	refuses(t, err, card.ErrBadSignature, cktap.ErrDerivation, "do not lead to this key")
}

func TestReplayedAnswersAndNoncesAreRefused(t *testing.T) {
	for _, command := range []string{wire.CmdRead, wire.CmdCheck, wire.CmdDerive} {
		k := newKit(t, wire.Satscard)
		var recorded []byte
		k.gate.change = func(name string, answer []byte) []byte {
			if name == command {
				recorded = append([]byte(nil), answer...)
			}
			return answer
		}
		_, err := k.satscard().Verify(k.ctx, nil)
		must(t, err)
		k.gate.change = func(name string, answer []byte) []byte {
			if name == command {
				return recorded
			}
			return answer
		}
		_, err = k.satscard().Verify(k.ctx, nil)
		refuses(t, err, card.ErrBadSignature, card.ErrBadSignature, "sign")
	}
	k := newKit(t, wire.Satscard)
	s := k.satscard()
	first := s.Status().CardNonce
	k.change(wire.CmdRead, func(m fields) { m["card_nonce"] = first[:] })
	_, err := s.Verify(k.ctx, nil)
	refuses(t, err, card.ErrBadResponse, cktap.ErrReplayed, "the card's nonce was used before")
}

func TestEntropyThatWasNotUsedIsRefused(t *testing.T) {
	k := newKit(t, wire.Satscard, blank)
	k.gate.ask = swapChainCode(t)
	_, err := k.satscard().New(k.ctx, cvc(theCVC), theEntropy)
	refuses(t, err, card.ErrCardMismatch, cktap.ErrEntropy, "slot 1: the chain code is not the entropy")
	k = newKit(t, wire.Tapsigner)
	k.gate.ask = swapChainCode(t)
	_, err = k.tapsigner().Setup(k.ctx, k.wishes())
	refuses(t, err, card.ErrCardMismatch, cktap.ErrEntropy, "the chain code is not the entropy")
}

// swapChainCode gives the card another entropy than the host sends.
func swapChainCode(t testing.TB) func(string, []byte) []byte {
	return func(name string, command []byte) []byte {
		if name != wire.CmdNew {
			return command
		}
		body := edit(t, command[5:], func(m fields) { m["chain_code"] = theLiar.key.Serialize() })
		return append(append(command[:4:4], byte(len(body))), body...)
	}
}

func TestTheBirthBlocksHashIsLookedUp(t *testing.T) {
	hash := [32]byte{1, 2, 3}
	birth := func(o *applet.Options) { o.Birth = applet.Block{Height: 777, Hash: hash} }
	k := newKit(t, wire.Satscard, birth)
	ask := func(answer [32]byte) (cktap.Proof, error) {
		return k.satscard().Verify(k.ctx, func(_ ctxt, height int) ([32]byte, error) {
			if height != 777 {
				t.Errorf("block %d", height)
			}
			return answer, nil
		})
	}
	proof, err := ask(hash)
	must(t, err)
	if proof.Entropy != cktap.EntropyBirth {
		t.Errorf("%+v", proof)
	}
	_, err = ask([32]byte{9})
	refuses(t, err, card.ErrCardMismatch, cktap.ErrBirthBlock, "birth block (777)")
}

func TestLiesAboutOpenedSlotsAreFound(t *testing.T) {
	for name, lie := range map[string]func(fields){
		"private key": func(m fields) { m["privkey"].([]byte)[31] ^= 1 },
		"public key":  func(m fields) { m["pubkey"] = theLiar.public() },
		"chain code":  func(m fields) { m["chain_code"].([]byte)[3] ^= 1 },
		"master key":  func(m fields) { m["master_pk"].([]byte)[30] ^= 1 },
		"slot":        func(m fields) { m["slot"] = 1 },
	} {
		k := newKit(t, wire.Satscard)
		k.change(wire.CmdUnseal, lie)
		if o, err := k.satscard().Unseal(k.ctx, cvc(theCVC), 0); err == nil || o.Private.Len() != 0 {
			t.Errorf("unseal, %s: believed", name)
		}
		k.change(wire.CmdDump, lie)
		if o, err := k.satscard().Dump(k.ctx, cvc(theCVC), 0); err == nil || o.Private.Len() != 0 {
			t.Errorf("dump, %s: believed", name)
		}
		k.gate.change = nil
		o, err := k.satscard().Unseal(k.ctx, cvc(theCVC), 0) // the journal still knows of it
		must(t, err)
		if o.Address != k.app.Label().Address {
			t.Error(o.Address)
		}
	}
}
