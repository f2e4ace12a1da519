package btc_test

import (
	"context"
	"encoding/hex"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
	"tapcard.example/secret"
	"tapcard.example/signer"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// softCard is a card made of a master key, or of one private key for every path. It signs as RFC 6979 says.
type softCard struct {
	master *hd.Key
	single *secp256k1.PrivateKey
	signed int
	spoil  func(*signer.Signature)
}

func (c *softCard) Describe() signer.Identity { return signer.Identity{Kind: "soft", ID: "01020304"} }

func (c *softCard) Capabilities() signer.Capabilities {
	return signer.Capabilities{Curves: []signer.Curve{signer.Secp256k1}, MaxDepth: 10, Hardened: true}
}

func (c *softCard) private(path hd.Path) (*secp256k1.PrivateKey, error) {
	if c.single != nil {
		return c.single, nil
	}
	k, err := c.master.Derive(path)
	if err != nil {
		return nil, err
	}
	var private *secp256k1.PrivateKey
	k.Private().Reveal(func(b []byte) { private = secp256k1.PrivKeyFromBytes(b) })
	return private, nil
}

func (c *softCard) PublicKey(_ context.Context, path hd.Path) ([65]byte, error) {
	k, err := c.private(path)
	if err != nil {
		return [65]byte{}, err
	}
	return [65]byte(k.PubKey().SerializeUncompressed()), nil
}

func (c *softCard) Sign(_ context.Context, path hd.Path, digest [32]byte) (signer.Signature, error) {
	k, err := c.private(path)
	if err != nil {
		return signer.Signature{}, err
	}
	c.signed++
	compact := ecdsa.SignCompact(k, digest[:], false)
	sig := signer.Signature{V: compact[0] - 27, R: [32]byte(compact[1:33]), S: [32]byte(compact[33:]),
		PublicKey: [65]byte(k.PubKey().SerializeUncompressed())}
	if c.spoil != nil {
		c.spoil(&sig)
	}
	return sig, nil
}

// desk is a card with an owner who reads what is shown and says yes.
type desk struct {
	*softCard
	signer.Signer
	shown []signer.Summary
}

func newDesk(c *softCard) *desk {
	d := &desk{softCard: c}
	d.Signer = signer.Signer{Card: c, Approve: func(_ context.Context, s signer.Summary) error {
		d.shown = append(d.shown, s)
		return nil
	}}
	return d
}

func master(t testing.TB, seed byte) *hd.Key {
	t.Helper()
	b := make([]byte, 32)
	for i := range b {
		b[i] = seed
	}
	k, err := hd.Master(secret.New(b))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func path(t testing.TB, text string) hd.Path {
	t.Helper()
	p, err := hd.ParsePath(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// account is the account of a master key at a path.
func account(t testing.TB, master *hd.Key, at string) btc.Account {
	t.Helper()
	k, err := master.Derive(path(t, at))
	if err != nil {
		t.Fatal(err)
	}
	return btc.NewAccount(master.Fingerprint(), path(t, at), k.Neuter())
}
