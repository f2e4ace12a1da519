package btc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

type bip322 struct {
	TxHashes []struct {
		Message, Address string
		ToSpend          string `json:"to_spend_tx_hash"`
		ToSign           string `json:"to_sign_tx_hash"`
	} `json:"tx_hashes"`
	Simple, Full []bip322Case
	Funds        []bip322Case `json:"proof_of_funds"`
	Error        []struct{ Description, Message, Address, Signature string }
}

type bip322Case struct {
	Message, Address, Type string
	PrivateKeys            []string `json:"private_keys"`
	Signatures             []string `json:"bip322_signatures"`
}

func verify(address, message, signature string, n btc.Network) (btc.Verdict, error) {
	return btc.VerifyMessage(btc.SignedMessage{Address: address, Message: message, Signature: signature}, n)
}

func TestBIP322SignaturesOfTheBIPAreValid(t *testing.T) {
	n := 0
	for _, file := range []string{"bip322-basic.json", "bip322-generated.json"} {
		v := load[bip322](t, file)
		for _, c := range append(append(v.Simple, v.Full...), v.Funds...) {
			for _, sig := range c.Signatures {
				n++
				if _, err := verify(c.Address, c.Message, sig, btc.Mainnet); err != nil {
					t.Errorf("%s %s: %v", c.Type, c.Message, err)
				}
				if _, err := verify(c.Address, c.Message+"!", sig, btc.Mainnet); !errors.Is(err, btc.ErrSignature) {
					t.Errorf("%s %s, another message: %v", c.Type, c.Message, err)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d signatures", n)
	}
}

func TestBIP322SignaturesThatTheBIPRefusesAreRefused(t *testing.T) {
	n := 0
	for _, file := range []string{"bip322-basic.json", "bip322-generated.json"} {
		for _, c := range load[bip322](t, file).Error {
			n++
			if _, err := verify(c.Address, c.Message, c.Signature, btc.Mainnet); !errors.Is(err, btc.ErrSignature) {
				t.Errorf("%s: %v", c.Description, err)
			}
		}
	}
	t.Logf("%d refused", n)
	if n < 8 {
		t.Errorf("only %d vectors", n)
	}
}

// TestSigningABIP322MessageGivesTheSignatureOfTheBIP compares bytes: both sides sign as RFC 6979 says, and the BIP has
// a signature of such a program among its own.
func TestSigningABIP322MessageGivesTheSignatureOfTheBIP(t *testing.T) {
	n := 0
	for _, file := range []string{"bip322-basic.json", "bip322-generated.json"} {
		for _, c := range load[bip322](t, file).Simple {
			if c.Type != "p2wpkh" {
				continue
			}
			n++
			a, d := singleFrom(t, c.PrivateKeys[0])
			signed, err := btc.SignMessage(t.Context(), &d.Signer, btc.Message{Text: c.Message, Account: a, Type: btc.P2WPKH})
			if err != nil || signed.Address != c.Address || !contains(c.Signatures, signed.Signature) {
				t.Errorf("%q: %+v, %v, want one of %v", c.Message, signed, err, c.Signatures)
			}
		}
	}
	if n != 3 {
		t.Errorf("%d vectors", n)
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// singleFrom makes a card with the one key of a WIF.
func singleFrom(t testing.TB, wif string) (btc.Account, *desk) {
	t.Helper()
	w, err := btcutil.DecodeWIF(wif)
	if err != nil {
		t.Fatal(err)
	}
	return single(w.PrivKey)
}

func single(k *secp256k1.PrivateKey) (btc.Account, *desk) {
	return btc.SingleKey([65]byte(k.PubKey().SerializeUncompressed()), nil), newDesk(&softCard{single: k})
}

func TestMessagesOfOthersVerifyAsBIP137(t *testing.T) {
	n := 0
	for _, source := range load[[]struct {
		From    string
		Vectors []struct {
			Address, Message, Signature, Network, PrivateKey string
			Invalid                                          bool
		}
	}](t, "messages.json") {
		for _, v := range source.Vectors {
			n++
			network := btc.Mainnet
			if v.Network != "" {
				network, _ = btc.ParseNetwork(v.Network)
			}
			verdict, err := verify(v.Address, v.Message, v.Signature, network)
			if v.Invalid && !errors.Is(err, btc.ErrSignature) || !v.Invalid && (err != nil || verdict.Format != "BIP-137") {
				t.Errorf("%s: %s: %v %v", source.From, v.Address, verdict, err)
			}
			if v.PrivateKey == "" {
				continue
			}
			a, d := single(secp256k1.PrivKeyFromBytes(unhex(t, v.PrivateKey)))
			signed, err := btc.SignMessage(t.Context(), &d.Signer, btc.Message{Text: v.Message, Account: a,
				Format: btc.BIP137, Type: btc.P2PKH})
			if err != nil || signed.Signature != v.Signature || signed.Address != v.Address {
				t.Errorf("signing: %+v, %v", signed, err)
			}
		}
	}
	if n != 15 {
		t.Errorf("%d vectors", n)
	}
}

func TestEveryKindOfAddressSignsMessagesInBothFormats(t *testing.T) {
	m := master(t, 1)
	a := account(t, m, "m/84'/0'/0'")
	want := map[btc.ScriptType]string{
		btc.P2PKH: "BIP-322 full", btc.P2SHP2WPKH: "BIP-322 full", btc.P2WPKH: "BIP-322 simple",
	}
	for kind, format := range want {
		for _, f := range []btc.Format{btc.BIP322, btc.BIP137} {
			d := newDesk(&softCard{master: m})
			signed, err := btc.SignMessage(t.Context(), &d.Signer, btc.Message{Text: "hello", Account: a,
				Below: hd.Path{0, 3}, Type: kind, Format: f, Network: btc.Testnet})
			if err != nil {
				t.Errorf("%v %v: %v", kind, f, err)
				continue
			}
			verdict, err := btc.VerifyMessage(signed, btc.Testnet)
			if err != nil || f == btc.BIP322 && verdict.Format != format {
				t.Errorf("%v %v: %+v, %v", kind, f, verdict, err)
			}
			for _, text := range []string{"hello", signed.Address, "Bitcoin message"} {
				if len(d.shown) != 1 || !strings.Contains(d.shown[0].String(), text) {
					t.Errorf("%q was not shown: %v", text, d.shown)
				}
			}
		}
	}
}

func TestAMessageWithInvisibleCharactersIsShownWithAWarning(t *testing.T) {
	a, d := single(secp256k1.PrivKeyFromBytes([]byte{1}))
	for _, f := range []btc.Format{btc.BIP322, btc.BIP137} {
		d.shown = nil
		_, err := btc.SignMessage(t.Context(), &d.Signer, btc.Message{Text: "pay\u202eme\n", Account: a, Format: f})
		if err != nil || len(d.shown[0].Warnings) == 0 || !strings.Contains(d.shown[0].String(), `pay\u202eme\x0a`) {
			t.Errorf("%v: %v", err, d.shown)
		}
	}
}

func TestASignatureByAnotherKeyIsNeverReturned(t *testing.T) {
	a, _ := single(secp256k1.PrivKeyFromBytes([]byte{1}))
	_, other := single(secp256k1.PrivKeyFromBytes([]byte{2}))
	for _, f := range []btc.Format{btc.BIP322, btc.BIP137} {
		signed, err := btc.SignMessage(t.Context(), &other.Signer, btc.Message{Text: "x", Account: a, Format: f})
		if err == nil || signed != (btc.SignedMessage{}) {
			t.Errorf("%v: %+v, %v", f, signed, err)
		}
	}
}

func TestAMessageTooLongToReadIsNotSigned(t *testing.T) {
	a, d := single(secp256k1.PrivKeyFromBytes([]byte{1}))
	_, err := btc.SignMessage(t.Context(), &d.Signer, btc.Message{Text: strings.Repeat("x", 16<<10+1), Account: a})
	if err == nil || len(d.shown) != 0 {
		t.Errorf("%v", err)
	}
}

func FuzzVerifyMessage(f *testing.F) {
	for _, file := range []string{"bip322-basic.json", "bip322-generated.json"} {
		v := load[bip322](f, file)
		for _, c := range append(append(v.Simple, v.Full...), v.Funds...) {
			f.Add(c.Address, c.Message, c.Signatures[0])
		}
	}
	f.Fuzz(func(t *testing.T, address, message, signature string) {
		_, err := verify(address, message, signature, btc.Mainnet)
		known := errors.Is(err, btc.ErrSignature) || errors.Is(err, btc.ErrUnsure) || errors.Is(err, btc.ErrAddress)
		if err != nil && !known {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}

var _ signer.Card = (*softCard)(nil)

func TestAMultisigWalletSignsAMessageByPSBT(t *testing.T) {
	d, at := multisigWallet(t, "wsh(sortedmulti(2,%s))")
	script, _ := at(0, 0)
	p := must(btc.MessagePSBT(script, "we are here"))
	address := must(d.Address(0, 0, btc.Regtest))
	for seed := byte(1); seed <= 2; seed++ {
		k := must(master(t, seed).Derive(path(t, "m/48'/1'/0'/2'/0/0")))
		card := newDesk(&softCard{master: master(t, seed)})
		w := btc.Wallet{Accounts: []btc.Account{btc.SingleKey(k.PublicKey(), path(t, "m/48'/1'/0'/2'/0/0"))}}
		p = must(btc.ParsePSBT(p.Bytes()))
		if _, err := p.Sign(t.Context(), &card.Signer, w, regtest); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Bitcoin message\n", "we are here", address} {
			if text := card.shown[0].String(); !strings.Contains(text, want) {
				t.Errorf("shown:\n%s", text)
			}
		}
	}
	signature := must(p.MessageSignature())
	if v, err := verify(address, "we are here", signature, btc.Regtest); err != nil || v.Format != "BIP-322 simple" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := verify(address, "we are not here", signature, btc.Regtest); !errors.Is(err, btc.ErrSignature) {
		t.Errorf("%v", err)
	}
}

func TestATransactionThatCallsItselfAMessageIsShownAsATransaction(t *testing.T) {
	p, d, w := simple(t)
	raw := p.packet().Bytes()
	raw = append(append(raw[:len("psbt\xff"):len("psbt\xff")], []byte("\x01\x09\x05hello")...), raw[len("psbt\xff"):]...)
	packet := must(btc.ParsePSBT(raw))
	if _, err := packet.Sign(t.Context(), &d.Signer, w, regtest); err != nil {
		t.Fatal(err)
	}
	if text := d.shown[0].String(); !strings.Contains(text, "Bitcoin transaction") || !strings.Contains(text, "Fee:") {
		t.Errorf("shown:\n%s", text)
	}
	if signature, err := packet.MessageSignature(); !errors.Is(err, btc.ErrPSBT) || signature != "" {
		t.Errorf("a transaction became a message signature: %v", err)
	}
}
