package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// identity makes a certificate for card, signed by authority.
func identity(card, authority *secp256k1.PrivateKey) wire.Certificate {
	c := wire.Certificate{Public: [33]byte(card.PubKey().SerializeCompressed())}
	c.R, c.S, c.V = signRaw(authority, sha256.Sum256(c.Public[:]))
	return c
}

func identAnswer(card, authority *secp256k1.PrivateKey, challenge [32]byte) wire.IdentAnswer {
	a := wire.IdentAnswer{Certificate: identity(card, authority)}
	a.R, a.S, _ = signRaw(card, challenge)
	return a
}

func TestVerifyIdentNamesCardAndAuthority(t *testing.T) {
	challenge := sha256.Sum256([]byte("challenge"))
	a := identAnswer(testKey(2), testKey(3), challenge)
	var high secp256k1.ModNScalar
	high.SetBytes(&a.S)
	for _, s := range [][32]byte{a.S, high.Negate().Bytes()} { // real cards do not lower S here
		a.S = s
		card, authority, err := wire.VerifyIdent(challenge, a.Encode())
		if err != nil || !bytes.Equal(card[:], testKey(2).PubKey().SerializeCompressed()) ||
			!bytes.Equal(authority[:], testKey(3).PubKey().SerializeCompressed()) {
			t.Errorf("card %X, authority %X, %v", card, authority, err)
		}
	}
}

func TestVerifyIdentRefusesForgeries(t *testing.T) {
	challenge := sha256.Sum256([]byte("challenge"))
	good := identAnswer(testKey(2), testKey(3), challenge)
	if _, _, err := wire.VerifyIdent(sha256.Sum256([]byte("old")), good.Encode()); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("replayed answer: %v", err)
	}
	swapped := good
	swapped.Certificate = identity(testKey(4), testKey(3))
	if _, _, err := wire.VerifyIdent(challenge, swapped.Encode()); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("another card's certificate: %v", err)
	}
	noKey := good
	noKey.Certificate.Public = [33]byte{2}
	if _, _, err := wire.VerifyIdent(challenge, noKey.Encode()); !errors.Is(err, wire.ErrPoint) {
		t.Errorf("certificate without a key: %v", err)
	}
	for _, v := range []byte{4, 228, 255} {
		badV := good
		badV.Certificate.V = v
		if _, _, err := wire.VerifyIdent(challenge, badV.Encode()); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("recovery id %d: %v", v, err)
		}
	}
}

// A certificate that was changed still has an authority, but not the one that is trusted.
func TestChangedCertificateHasAnotherAuthority(t *testing.T) {
	c := identity(testKey(2), testKey(3))
	raw := c.Encode()
	want := [33]byte(testKey(3).PubKey().SerializeCompressed())
	for bit := range 8 * len(raw) {
		bad := bytes.Clone(raw)
		bad[bit/8] ^= 1 << (bit % 8)
		c, err := wire.ParseCertificate(bad)
		if err != nil {
			t.Fatal(err)
		}
		if authority, err := c.Authority(); err == nil && authority == want {
			t.Errorf("bit %d flipped, and still the trusted authority", bit)
		}
	}
}

func TestIdentAnswerTruncatedAtEveryLengthIsRefused(t *testing.T) {
	challenge := [32]byte{1}
	a := identAnswer(testKey(2), testKey(3), challenge).Encode()
	if shown := describe(wire.IdentCommand(challenge), iso7816.Response{Data: a, SW: iso7816.OK}); !strings.Contains(
		shown, hex.EncodeToString(testKey(2).PubKey().SerializeCompressed())) {
		t.Errorf("described as:\n%s", shown)
	}
	for n := range a {
		if _, _, err := wire.VerifyIdent(challenge, a[:n]); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if got, err := wire.ParseIdentCommand(wire.IdentCommand(challenge)); err != nil || got != challenge {
		t.Errorf("challenge %X, %v", got, err)
	}
}
