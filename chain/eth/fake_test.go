package eth_test

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/hd"
	"tapcard.example/signer"
)

// fakeCard is a card with one key at every path. spoil changes its answers.
type fakeCard struct {
	key   *secp256k1.PrivateKey
	spoil func(*signer.Signature)
	sigs  int
}

func (f *fakeCard) Describe() signer.Identity {
	return signer.Identity{Kind: "keycard", Label: "fake", ID: strings.Repeat("ab", 32)}
}

func (f *fakeCard) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: 10, Hardened: true}
}

func (f *fakeCard) PublicKey(context.Context, hd.Path) ([65]byte, error) {
	return publicKey(f.key), nil
}

func (f *fakeCard) Sign(_ context.Context, _ hd.Path, digest [32]byte) (signer.Signature, error) {
	f.sigs++
	sig := sign(f.key, digest)
	if f.spoil != nil {
		f.spoil(&sig)
	}
	return sig, nil
}

func sign(key *secp256k1.PrivateKey, digest [32]byte) signer.Signature {
	compact := ecdsa.SignCompact(key, digest[:], false) // deterministic (RFC 6979)
	return signer.Signature{V: compact[0] - 27, R: [32]byte(compact[1:33]), S: [32]byte(compact[33:65]),
		PublicKey: publicKey(key)}
}

func publicKey(key *secp256k1.PrivateKey) [65]byte {
	return [65]byte(key.PubKey().SerializeUncompressed())
}

func keyFromHex(t testing.TB, digits string) *secp256k1.PrivateKey {
	t.Helper()
	return secp256k1.PrivKeyFromBytes(unhex(t, digits))
}

func unhex(t testing.TB, digits string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// anvilKey is the first key of the public test mnemonic "test test … junk"; its account is anvilAccount.
const (
	anvilKey     = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
	anvilAccount = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
)

func newSigner(t testing.TB, key *secp256k1.PrivateKey) (*signer.Signer, *fakeCard) {
	t.Helper()
	keys, err := signer.OpenKeys(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeCard{key: key}
	return &signer.Signer{Card: f, Keys: keys,
		Approve: func(context.Context, signer.Summary) error { return nil },
		Confirm: func(context.Context, signer.NewKey) error { return nil },
	}, f
}

func path(t testing.TB) hd.Path {
	t.Helper()
	p, err := hd.ParsePath("m/44'/60'/0'/0/0")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
