package keycard_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// signature signs a digest with the master key of theSeed.
func signature(t testing.TB, digest []byte) wire.Signature {
	t.Helper()
	key := seedKey
	sig := wire.Signature{PublicKey: key.PublicKey()}
	key.Private().Reveal(func(b []byte) {
		made := ecdsa.Sign(secp256k1.PrivKeyFromBytes(b), digest)
		r, s := made.R(), made.S()
		sig.R, sig.S = r.Bytes(), s.Bytes()
	})
	return sig
}

// template writes a signature with r and s as the given bytes, whatever DER says about them.
func template(pub [65]byte, r, s []byte) []byte {
	rs := tlv.Append(tlv.Append(nil, 0x02, r), 0x02, s)
	return tlv.AppendLong(nil, 0xA0, tlv.Append(tlv.Append(nil, 0x80, pub[:]), 0x30, rs))
}

func minimal(n [32]byte) []byte {
	b := append([]byte{0}, n[:]...)
	for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
		b = b[1:]
	}
	return b
}

// findShort looks for a digest whose signature fits.
func findShort(t testing.TB, fits func(wire.Signature) bool) (digest [32]byte, sig wire.Signature) {
	t.Helper()
	for i := range uint32(1 << 20) {
		binary.BigEndian.PutUint32(digest[:], i)
		if sig = signature(t, digest[:]); fits(sig) {
			return digest, sig
		}
	}
	t.Fatal("no short signature found")
	return digest, sig
}

func TestShortAndLongIntegersBecome32Bytes(t *testing.T) {
	f := newFake(t, wire.V3_1)
	s := f.session(keycard.Options{})
	for name, fits := range map[string]func(wire.Signature) bool{
		"short r":         func(g wire.Signature) bool { return g.R[0] == 0 && g.R[1] < 0x80 },
		"short s":         func(g wire.Signature) bool { return g.S[0] == 0 && g.S[1] < 0x80 },
		"sign byte for r": func(g wire.Signature) bool { return g.R[0] >= 0x80 },
	} {
		digest, sig := findShort(t, fits)
		for form, data := range map[string][]byte{
			"minimal":      template(sig.PublicKey, minimal(sig.R), minimal(sig.S)),
			"32 bytes":     template(sig.PublicKey, sig.R[:], sig.S[:]),
			"33 bytes":     template(sig.PublicKey, append([]byte{0}, sig.R[:]...), append([]byte{0}, sig.S[:]...)),
			"as the cards": sig.Encode(true),
		} {
			f.says(data)
			got, err := s.Sign(t.Context(), digest, keycard.Current())
			if err != nil || got.R != sig.R || got.S != sig.S {
				t.Errorf("%s, %s: %v", name, form, err)
				continue
			}
			must(t, got.Verify(digest, sig.PublicKey))
		}
	}
}

func TestAHighSIsMadeLowAndTheRecoveryIDFollows(t *testing.T) {
	f := newFake(t, wire.V3_1)
	s := f.session(keycard.Options{})
	sig := signature(t, theDigest[:])
	low := sig.S
	var scalar secp256k1.ModNScalar
	scalar.SetBytes(&sig.S)
	sig.S = scalar.Negate().Bytes()
	f.says(sig.Encode(false))
	got, err := s.Sign(t.Context(), theDigest, keycard.Current())
	if err != nil || got.S != low {
		t.Fatal(err)
	}
	must(t, got.Verify(theDigest, sig.PublicKey))
}

func TestASignatureByAnotherKeyIsRefused(t *testing.T) {
	f := newFake(t, wire.V3_1)
	s := f.session(keycard.Options{})
	honest := signature(t, theDigest[:])
	expected := honest.PublicKey
	other := keyAt(t, "m/1").PublicKey()

	f.says(honest.Encode(false))
	if _, err := s.SignAs(t.Context(), theDigest, keycard.Current(), other); !errors.Is(err, card.ErrCardMismatch) {
		t.Errorf("the card names its key: %v", err)
	}
	claims := honest
	claims.PublicKey = other // it names the key that is expected and signs with another
	f.says(claims.Encode(false))
	if _, err := s.SignAs(t.Context(), theDigest, keycard.Current(), other); !errors.Is(err, card.ErrBadSignature) {
		t.Errorf("the card names the expected key: %v", err)
	}
	if _, err := s.SignAs(t.Context(), [32]byte{1}, keycard.Current(), expected); err == nil {
		t.Error("a signature over another digest was taken")
	}
	for name, rs := range map[string][2][]byte{
		"zero r":   {{0}, honest.S[:]},
		"zero s":   {honest.R[:], {0}},
		"r over n": {bytesOf(0xFF, 32), honest.S[:]},
		"empty":    {{}, {}},
		"34 bytes": {make([]byte, 34), honest.S[:]},
	} {
		f.says(template(expected, rs[0], rs[1]))
		_, err := s.Sign(t.Context(), theDigest, keycard.Current())
		if !errors.Is(err, card.ErrBadSignature) && !errors.Is(err, card.ErrBadResponse) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func bytesOf(b byte, n int) []byte {
	all := make([]byte, n)
	for i := range all {
		all[i] = b
	}
	return all
}
