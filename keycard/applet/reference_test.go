package applet_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/iso7816/tlv"
)

const hard = 1 << 31

// hdKey is BIP-32 once more and shorter, so that the applet is not compared with the library it uses.
type hdKey struct {
	d     secp256k1.ModNScalar
	chain []byte
}

func prf(key, data []byte) []byte {
	h := hmac.New(sha512.New, key)
	h.Write(data)
	return h.Sum(nil)
}

func master(seed []byte) hdKey {
	sum := prf([]byte("Bitcoin seed"), seed)
	k := hdKey{chain: sum[32:]}
	k.d.SetByteSlice(sum[:32])
	return k
}

func (k hdKey) public() []byte { return secp256k1.NewPrivateKey(&k.d).PubKey().SerializeUncompressed() }

func (k hdKey) private() []byte { b := k.d.Bytes(); return b[:] }

func (k hdKey) uid() []byte { sum := sha256.Sum256(k.public()); return sum[:] }

func (k hdKey) at(components ...uint32) hdKey {
	for _, i := range components {
		data := secp256k1.NewPrivateKey(&k.d).PubKey().SerializeCompressed()
		if i >= hard {
			data = append([]byte{0}, k.private()...)
		}
		sum := prf(k.chain, binary.BigEndian.AppendUint32(data, i))
		next := hdKey{chain: sum[32:]}
		next.d.SetByteSlice(sum[:32])
		next.d.Add(&k.d)
		k = next
	}
	return k
}

// signature is the answer of SIGN, taken apart: r and s as they were on the wire.
type signature struct{ pub, r, s []byte }

// parseSignature insists on the template of the seed: A0 81 len, 80 41 key, 30 len, 02 r, 02 s.
func parseSignature(tb testing.TB, b []byte) signature {
	tb.Helper()
	outer, err := tlv.Parse(b, tlv.Lenient)
	if err != nil || len(outer) != 1 || outer[0].Tag != 0xA0 {
		tb.Fatalf("no signature template: %X", b)
	}
	inner, err := tlv.Parse(outer[0].Value, tlv.Lenient)
	if err != nil || len(inner) != 2 || inner[0].Tag != 0x80 || inner[1].Tag != 0x30 {
		tb.Fatalf("signature template holds %X: %v", outer[0].Value, err)
	}
	numbers, err := tlv.Parse(inner[1].Value, tlv.Strict)
	if err != nil || len(numbers) != 2 || numbers[0].Tag != 2 || numbers[1].Tag != 2 {
		tb.Fatalf("signature holds %X: %v", inner[1].Value, err)
	}
	return signature{inner[0].Value, numbers[0].Value, numbers[1].Value}
}

// scalar reads a number of DER, of any length that fits.
func scalar(tb testing.TB, b []byte) (n secp256k1.ModNScalar) {
	tb.Helper()
	for len(b) > 32 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > 32 || n.SetByteSlice(b) {
		tb.Fatalf("not a number below the group order: %X", b)
	}
	return n
}

// verify says whether the signature of hash verifies under pub.
func (s signature) verify(tb testing.TB, hash, pub []byte) bool {
	tb.Helper()
	key, err := secp256k1.ParsePubKey(pub)
	if err != nil {
		tb.Fatal(err)
	}
	r, v := scalar(tb, s.r), scalar(tb, s.s)
	return ecdsa.NewSignature(&r, &v).Verify(hash, key)
}

// recovery finds the recovery id whose recovered key is pub, or -1.
func (s signature) recovery(tb testing.TB, hash, pub []byte) int {
	tb.Helper()
	r, v := scalar(tb, s.r), scalar(tb, s.s)
	rb, sb := r.Bytes(), v.Bytes()
	for id := range 4 {
		compact := append(append([]byte{byte(27 + id)}, rb[:]...), sb[:]...)
		key, _, err := ecdsa.RecoverCompact(compact, hash)
		if err == nil && string(key.SerializeUncompressed()) == string(pub) {
			return id
		}
	}
	return -1
}
