package wire_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
)

func testKey(n byte) *secp256k1.PrivateKey {
	return secp256k1.PrivKeyFromBytes(bytes.Repeat([]byte{n}, 32))
}

// signRaw signs with a library other than ours and also returns the recovery id it claims.
func signRaw(key *secp256k1.PrivateKey, digest [32]byte) (r, s [32]byte, recid byte) {
	compact := ecdsa.SignCompact(key, digest[:], false)
	return [32]byte(compact[1:33]), [32]byte(compact[33:]), compact[0] - 27
}

func TestRecordedSignaturesVerify(t *testing.T) {
	n := 0
	for v, steps := range recorded(t) {
		for _, s := range steps {
			c, r := s.inner(t)
			if c.INS != wire.InsSign || r.SW != 0x9000 {
				continue
			}
			n++
			hash, _, err := wire.ParseSignCommand(c)
			if err != nil {
				t.Fatal(err)
			}
			sig, err := wire.ParseSignature(r.Data)
			if err != nil {
				t.Fatal(err)
			}
			recid, low, err := wire.Recover(hash, sig.R, sig.S, sig.PublicKey[:])
			if err != nil || low != sig.S {
				t.Errorf("%v %s: %v", v, s.Note, err)
			}
			compact := append(append([]byte{27 + recid}, sig.R[:]...), low[:]...)
			pub, _, err := ecdsa.RecoverCompact(compact, hash[:])
			if err != nil || !bytes.Equal(pub.SerializeUncompressed(), sig.PublicKey[:]) {
				t.Errorf("%v %s: recovery id %d gives another key", v, s.Note, recid)
			}
		}
	}
	if n != 7 {
		t.Errorf("%d signatures, want 7", n)
	}
}

func TestRecoverFindsTheIDAndLowersS(t *testing.T) {
	key := testKey(5)
	pub := key.PubKey().SerializeUncompressed()
	for i := range 200 {
		digest := sha256.Sum256([]byte{byte(i)})
		r, s, want := signRaw(key, digest)
		var high secp256k1.ModNScalar
		high.SetBytes(&s)
		for _, given := range [][32]byte{s, high.Negate().Bytes()} {
			recid, low, err := wire.Recover(digest, r, given, pub)
			if err != nil || recid != want || low != s {
				t.Fatalf("%d: id %d, want %d; %v", i, recid, want, err)
			}
		}
	}
}

// A nonce point with X beyond the group order is too rare to meet, so the key is made to fit the signature.
func TestRecoverFindsTheRareIDs(t *testing.T) {
	digest, s := sha256.Sum256([]byte("rare")), [32]byte{31: 7}
	seen := map[byte]bool{}
	for x := byte(1); x < 100; x++ {
		r := [32]byte{31: x}
		for id := byte(2); id < 4; id++ {
			pub, _, err := ecdsa.RecoverCompact(append(append([]byte{27 + id}, r[:]...), s[:]...), digest[:])
			if err != nil {
				continue
			}
			seen[id] = true
			if recid, _, err := wire.Recover(digest, r, s, pub.SerializeUncompressed()); err != nil || recid != id {
				t.Errorf("x = n+%d: id %d, want %d; %v", x, recid, id, err)
			}
		}
	}
	if !seen[2] || !seen[3] {
		t.Errorf("ids met: %v", seen)
	}
}

func TestRecoverRefusesWhatDoesNotVerify(t *testing.T) {
	key, digest := testKey(5), sha256.Sum256([]byte("x"))
	pub, other := key.PubKey().SerializeUncompressed(), testKey(6).PubKey().SerializeUncompressed()
	r, s, _ := signRaw(key, digest)
	order := [32]byte(secp256k1.Params().N.Bytes())
	flipped := r
	flipped[31] ^= 1
	for name, c := range map[string]struct {
		digest, r, s [32]byte
		pub          []byte
	}{
		"another key":    {digest, r, s, other},
		"another digest": {sha256.Sum256([]byte("y")), r, s, pub},
		"another r":      {digest, flipped, s, pub},
		"r zero":         {digest, [32]byte{}, s, pub},
		"s zero":         {digest, r, [32]byte{}, pub},
		"r the order":    {digest, order, s, pub},
		"s the order":    {digest, r, order, pub},
	} {
		if _, _, err := wire.Recover(c.digest, c.r, c.s, c.pub); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := wire.Recover(digest, r, s, pub[:64]); !errors.Is(err, wire.ErrPoint) {
		t.Errorf("short key: %v", err)
	}
}

// The point at infinity: h·G + r·Q = 0 when Q = -(h/r)·G.
func TestRecoverRefusesThePointAtInfinity(t *testing.T) {
	digest, r := sha256.Sum256([]byte("inf")), [32]byte{31: 9}
	var h, inverse, d secp256k1.ModNScalar
	h.SetBytes(&digest)
	inverse.SetBytes(&r)
	inverse.InverseNonConst()
	d.Mul2(&h, &inverse).Negate()
	pub := secp256k1.NewPrivateKey(&d).PubKey().SerializeUncompressed()
	if _, _, err := wire.Recover(digest, r, [32]byte{31: 1}, pub); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("error %v", err)
	}
}

// Lengths of R and S seen on real cards are 30 to 33 bytes; shorter ones exist in principle.
func TestSignatureNumbersOfEveryLengthArePadded(t *testing.T) {
	pub := testKey(5).PubKey().SerializeUncompressed()
	for n := 1; n <= 33; n++ {
		number := bytes.Repeat([]byte{0x11}, n)
		if n == 33 {
			number[0] = 0
		}
		sig, err := wire.ParseSignature(signatureTemplate(pub, number, number))
		want := [32]byte{}
		copy(want[max(0, 32-n):], number[max(0, n-32):])
		if err != nil || sig.R != want || sig.S != want {
			t.Errorf("%d bytes: R %X, S %X, %v", n, sig.R, sig.S, err)
		}
	}
	for name, number := range map[string][]byte{
		"empty": {}, "33 with a first byte that counts": bytes.Repeat([]byte{1}, 33), "34": make([]byte, 34),
	} {
		if _, err := wire.ParseSignature(signatureTemplate(pub, number, number)); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func signatureTemplate(pub, r, s []byte) []byte {
	ecdsa := tlv.Append(tlv.Append(nil, 0x02, r), 0x02, s)
	return tlv.AppendLong(nil, 0xA0, tlv.Append(tlv.Append(nil, 0x80, pub), 0x30, ecdsa))
}

func TestPaddedSIsWrittenInFullAndReadBack(t *testing.T) {
	sig := wire.Signature{PublicKey: [65]byte(testKey(5).PubKey().SerializeUncompressed())}
	sig.R[0], sig.S[2] = 0x80, 0x33 // R needs a leading zero in DER; S is 30 bytes long
	for padded, want := range map[bool]int{false: 30, true: 32} {
		b := sig.Encode(padded)
		if n := int(b[len(b)-want-1]); n != want {
			t.Errorf("padded %v: S has length %d, want %d", padded, n, want)
		}
		if back, err := wire.ParseSignature(b); err != nil || back != sig {
			t.Errorf("padded %v: %v", padded, err)
		}
	}
}

func TestSignatureTemplatesThatLackSomethingAreRefused(t *testing.T) {
	pub := testKey(5).PubKey().SerializeUncompressed()
	sig := tlv.Append(tlv.Append(nil, 0x02, []byte{1}), 0x02, []byte{1})
	template := func(elements ...[]byte) []byte { return tlv.Append(nil, 0xA0, bytes.Join(elements, nil)) }
	for name, b := range map[string][]byte{
		"empty":         nil,
		"no key":        template(tlv.Append(nil, 0x30, sig)),
		"no signature":  template(tlv.Append(nil, 0x80, pub)),
		"one integer":   template(tlv.Append(nil, 0x80, pub), tlv.Append(nil, 0x30, sig[:3])),
		"trailing byte": append(template(tlv.Append(nil, 0x80, pub), tlv.Append(nil, 0x30, sig)), 0),
		"another tag":   tlv.Append(nil, 0xA1, nil),
	} {
		if _, err := wire.ParseSignature(b); !errors.Is(err, wire.ErrFormat) && !errors.Is(err, wire.ErrPoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignCommandCarriesHashAndPath(t *testing.T) {
	hash := sha256.Sum256([]byte("tx"))
	c := wire.SignPathCommand(hash, wire.FromCurrent, []uint32{1, 0x80000002}, true)
	mode, source := wire.SplitP1(c.P1)
	gotHash, path, err := wire.ParseSignCommand(c)
	if err != nil || gotHash != hash || fmt.Sprint(path) != fmt.Sprint([]uint32{1, 0x80000002}) ||
		mode != wire.DeriveAndMakeCurrent || source != wire.FromCurrent {
		t.Errorf("%X %v mode %d from %X, %v", gotHash, path, mode, source, err)
	}
	for _, n := range []int{0, 31, 33, 35, 32 + 44} {
		c.Data = make([]byte, n)
		if _, _, err := wire.ParseSignCommand(c); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func BenchmarkRecover(b *testing.B) {
	digest := sha256.Sum256([]byte("x"))
	r, s, _ := signRaw(testKey(5), digest)
	pub := testKey(5).PubKey().SerializeUncompressed()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := wire.Recover(digest, r, s, pub); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify is the bare primitive to hold BenchmarkRecover against.
func BenchmarkVerify(b *testing.B) {
	digest := sha256.Sum256([]byte("x"))
	sig := ecdsa.Sign(testKey(5), digest[:])
	pub := testKey(5).PubKey()
	for b.Loop() {
		if !sig.Verify(digest[:], pub) {
			b.Fatal("does not verify")
		}
	}
}
