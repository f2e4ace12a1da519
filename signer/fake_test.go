package signer_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/hd"
	"tapcard.example/signer"
)

// fakeCard signs with key and counts; spoil, when set, changes the answer the way a bad card would.
type fakeCard struct {
	key           *secp256k1.PrivateKey
	id            signer.Identity
	exports, sigs int
	spoil         func(digest *[32]byte, sig *signer.Signature)
	signWith      *secp256k1.PrivateKey // instead of key
}

const keyUID = "6d2ba0ff0f5d3ea8b6f4b8e1c15f4b5b0a7e4d3c2b1a09f8e7d6c5b4a3928170"

var ethPath = hd.Path{44 | 1<<31, 60 | 1<<31, 1 << 31, 0, 0}

func privateKey(last byte) *secp256k1.PrivateKey {
	var b [32]byte
	b[31] = last
	return secp256k1.PrivKeyFromBytes(b[:])
}

func publicKey(k *secp256k1.PrivateKey) [65]byte { return [65]byte(k.PubKey().SerializeUncompressed()) }

func newFake() *fakeCard {
	return &fakeCard{key: privateKey(7), id: signer.Identity{Kind: "keycard", Label: "blue", ID: keyUID}}
}

func (f *fakeCard) Describe() signer.Identity { return f.id }

func (f *fakeCard) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: 10, Hardened: true}
}

func (f *fakeCard) PublicKey(context.Context, hd.Path) ([65]byte, error) {
	f.exports++
	return publicKey(f.key), nil
}

func (f *fakeCard) Sign(_ context.Context, _ hd.Path, digest [32]byte) (signer.Signature, error) {
	f.sigs++
	key := f.key
	if f.signWith != nil {
		key = f.signWith
	}
	if f.spoil != nil {
		f.spoil(&digest, &signer.Signature{})
	}
	sig := sign(key, digest)
	if f.spoil != nil {
		f.spoil(&digest, &sig)
	}
	return sig, nil
}

func sign(key *secp256k1.PrivateKey, digest [32]byte) signer.Signature {
	compact := ecdsa.SignCompact(key, digest[:], false)
	return signer.Signature{V: compact[0] - 27, R: [32]byte(compact[1:33]), S: [32]byte(compact[33:65]),
		PublicKey: publicKey(key)}
}

// desk is a user with a card: what was shown, and the answers to give.
type desk struct {
	signer.Signer
	card      *fakeCard
	shown     []signer.Summary
	confirmed []signer.NewKey
	answer    error // to both questions
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	keys, err := signer.OpenKeys(filepath.Join(t.TempDir(), "tapcard", "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{card: newFake()}
	d.Signer = signer.Signer{Card: d.card, Keys: keys,
		Approve: func(_ context.Context, s signer.Summary) error {
			d.shown = append(d.shown, s)
			return d.answer
		},
		Confirm: func(_ context.Context, k signer.NewKey) error {
			d.confirmed = append(d.confirmed, k)
			return d.answer
		},
	}
	return d
}
