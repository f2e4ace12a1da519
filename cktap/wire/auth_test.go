package wire_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

func reveal(b secret.Bytes) (out []byte) {
	b.Reveal(func(s []byte) { out = bytes.Clone(s) })
	return out
}

// proof reads the proof out of any request.
func proof(tb testing.TB, body []byte) wire.Auth {
	tb.Helper()
	var a wire.Auth
	if err := cbor.Unmarshal(body, &a); err != nil {
		tb.Fatal(err)
	}
	return a
}

func TestRecordedProofsAreMadeAndOpenedTheSameWay(t *testing.T) {
	recordings, c := readRecordings(t)
	seen := 0
	for name, r := range recordings {
		cvc, nonce := c.CVC, wire.Nonce{}
		for i, x := range r.Log {
			a := proof(t, x.Request)
			wrong := r.product() == wire.Satscard && i == 18 // recorded with a wrong CVC
			if a.Given() && !wrong {
				seen++
				got, s, err := wire.Authenticate(bytes.NewReader(c.EphemeralPriv), wire.PublicKey(r.Secrets.CardPub), nonce,
					x.Cmd, secret.Copy([]byte(cvc)))
				if err != nil || !bytes.Equal(got.EphemeralKey, a.EphemeralKey) || !bytes.Equal(got.MaskedCVC, a.MaskedCVC) {
					t.Errorf("%s %d, %s: made %x, recorded %x, %v", name, i, x.Cmd, got.MaskedCVC, a.MaskedCVC, err)
				}
				theirs, err := wire.Accept(secret.Copy(r.Secrets.CardPriv), a)
				if err != nil || string(reveal(theirs.CVC(a, nonce, x.Cmd))) != cvc {
					t.Errorf("%s %d, %s: the card's side: %v", name, i, x.Cmd, err)
				}
				if !bytes.Equal(s.Pad(make([]byte, 32)), r.SessionKey) {
					t.Errorf("%s: session key %x", name, s.Pad(make([]byte, 32)))
				}
			}
			if n, ok := wire.NextNonce(x.Response); ok {
				nonce = n
			}
		}
	}
	if seen != 19 {
		t.Errorf("%d proofs seen", seen)
	}
}

func TestRecordedPadsHideWhatTheyShould(t *testing.T) {
	recordings, c := readRecordings(t)
	r := recordings["seed42_satscard"]
	s := r.session(t, c)
	a, err := wire.ParseUnsealAnswer(r.Log[8].Response)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(reveal(s.Private(a.Private)), r.Secrets.SlotPriv) {
		t.Error("unseal: another private key")
	}
	if !bytes.Equal(reveal(a.MasterPrivate.Bytes), r.Secrets.MasterPriv) {
		t.Error("unseal: the master key is in the clear")
	}
	d, err := wire.ParseDumpAnswer(r.Log[10].Response)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(reveal(s.Private(d.Master)), r.Secrets.MasterPriv) || d.State() != wire.SlotUnsealed {
		t.Error("dump: the master key is under the pad")
	}
	q, err := wire.ParseSignRequest(r.Log[17].Request)
	if err != nil || s.Pad32(q.Digest) != wire.Bytes32(c.Digest) {
		t.Error("sign: the digest is under the pad", err)
	}
	q2, err := wire.ParseChangeRequest(recordings["seed42_tapsigner"].Log[12].Request)
	if err != nil || len(s.Pad(q2.NewCVC)) != 9 {
		t.Error("change: the new CVC is under the pad", err)
	}
}

func TestEveryCommandHasAFreshEphemeralKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		private := secret.Copy(rapid.SliceOfN(rapid.ByteRange(1, 200), 32, 32).Draw(t, "card"))
		card, err := wire.PublicKeyOf(private)
		if err != nil {
			t.Fatal(err)
		}
		cvc := rapid.SliceOfN(rapid.Byte(), 6, 32).Draw(t, "cvc")
		nonce := wire.Nonce(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "nonce"))
		name := rapid.SampledFrom([]string{"sign", "unseal", "read"}).Draw(t, "name")
		random := bytes.NewReader(rapid.SliceOfN(rapid.ByteRange(1, 200), 64, 64).Draw(t, "random"))
		first, s, err := wire.Authenticate(random, card, nonce, name, secret.Copy(cvc))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := wire.Accept(private, first)
		if err != nil || !bytes.Equal(reveal(theirs.CVC(first, nonce, name)), cvc) {
			t.Fatal("the card finds another CVC", err)
		}
		if !bytes.Equal(s.Pad(make([]byte, 32)), theirs.Pad(make([]byte, 32))) {
			t.Fatal("host and card have different session keys")
		}
		if random.Len() != 32 {
			t.Fatal("a proof takes 32 random bytes")
		}
		other := nonce
		other[3]++
		if bytes.Equal(reveal(theirs.CVC(first, other, name)), cvc) || bytes.Equal(reveal(theirs.CVC(first, nonce,
			"x")), cvc) {
			t.Fatal("a proof is good for another nonce or command")
		}
	})
}

func TestPadTwiceIsNothing(t *testing.T) {
	recordings, c := readRecordings(t)
	s := recordings["seed42_satscard"].session(t, c)
	for n := range 33 {
		b := bytes.Repeat([]byte{7}, n)
		if hidden := s.Pad(b); n > 0 && bytes.Equal(hidden, b) || !bytes.Equal(s.Pad(hidden), b) {
			t.Errorf("%d bytes", n)
		}
	}
	if s.Pad(make([]byte, 33)) != nil {
		t.Error("33 bytes have a pad of 32")
	}
	key := wire.PublicKey(recordings["seed42_satscard"].Secrets.CardPub)
	if p := s.PadPublicKey(key); p[0] != key[0] || p == key || s.PadPublicKey(p) != key {
		t.Error("public key")
	}
	s.Destroy()
	if !bytes.Equal(s.Pad([]byte{1, 2}), []byte{0, 0}) {
		t.Error("a destroyed session still pads, or shows what it should hide")
	}
}

func TestAuthenticateRefusesWhatCannotWork(t *testing.T) {
	recordings, _ := readRecordings(t)
	card := wire.PublicKey(recordings["seed42_satscard"].Secrets.CardPub)
	ones := bytes.NewReader(bytes.Repeat([]byte{1}, 32))
	cvc := secret.Copy([]byte("123456"))
	for _, c := range []struct {
		name   string
		random io.Reader
		card   wire.PublicKey
		cvc    secret.Bytes
		want   error
	}{
		{"a CVC of 5", ones, card, secret.Copy([]byte("12345")), wire.ErrCVC},
		{"a CVC of 33", ones, card, secret.Copy(make([]byte, 33)), wire.ErrCVC},
		{"no card", ones, wire.PublicKey{}, cvc, wire.ErrPoint},
		{"no random numbers", bytes.NewReader(nil), card, cvc, io.EOF},
		{"nothing but zeros", bytes.NewReader(make([]byte, 1000)), card, cvc, wire.ErrKey},
		{"nothing but ones", bytes.NewReader(bytes.Repeat([]byte{0xFF}, 1000)), card, cvc, wire.ErrKey},
	} {
		if _, _, err := wire.Authenticate(c.random, c.card, wire.Nonce{}, "sign", c.cvc); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, key := range [][]byte{nil, make([]byte, 33), append([]byte{2}, bytes.Repeat([]byte{0xFF}, 32)...), card[:32]} {
		if _, err := wire.Accept(secret.Copy(bytes.Repeat([]byte{1}, 32)),
			wire.Auth{EphemeralKey: key}); !errors.Is(err, wire.ErrPoint) {
			t.Errorf("accepted %x: %v", key, err)
		}
	}
	if _, err := wire.Accept(secret.Copy(make([]byte, 32)), wire.Auth{EphemeralKey: card[:]}); !errors.Is(err,
		wire.ErrKey) {
		t.Error("the card has no key", err)
	}
}
