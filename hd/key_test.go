package hd_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// The order n of secp256k1 (SEC 2 §2.4.1).
const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"

func orderMinus(t *testing.T, b []byte) [32]byte {
	n := new(big.Int).SetBytes(unhex(t, order))
	var out [32]byte
	n.Sub(n, new(big.Int).SetBytes(b)).FillBytes(out[:])
	return out
}

// left is a PRF that always gives the same left half.
func left(half [32]byte) hd.HMAC512 {
	return func(_, _ []byte) [64]byte {
		var sum [64]byte
		copy(sum[:], half[:])
		sum[63] = 7
		return sum
	}
}

func TestAnInvalidChildIsSaidToBeOne(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	private := []byte(reveal(k.Private()))
	all := [32]byte(bytes.Repeat([]byte{0xFF}, 32))
	for what, half := range map[string][32]byte{
		"left half is n":      orderMinus(t, nil),
		"left half is 2²⁵⁶-1": all,
		"the key is zero":     orderMinus(t, private),
	} {
		for _, i := range []uint32{0, hd.Hardened} {
			if c, err := k.ChildWith(left(half), i); !errors.Is(err, hd.ErrInvalidChild) || c != nil {
				t.Errorf("%s, index %d: %v", what, i, err)
			}
		}
		if _, err := k.DeriveWith(left(half), hd.Path{1, 2}); !errors.Is(err, hd.ErrInvalidChild) ||
			!strings.Contains(err.Error(), "component 1 of m/1/2") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheEdgesOfTheLeftHalfAreValid(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	same, err := k.ChildWith(left([32]byte{}), 0)
	if err != nil || !same.Private().Equal(k.Private()) || same.ChainCode() == k.ChainCode() {
		t.Errorf("left half zero must keep the private key and change the chain code: %v", err)
	}
	if _, err := k.ChildWith(left(orderMinus(t, []byte{1})), 0); err != nil {
		t.Errorf("left half n-1: %v", err)
	}
}

func TestNewKeyRefusesWhatIsNoScalar(t *testing.T) {
	for what, private := range map[string][]byte{
		"nothing":  nil,
		"31 bytes": make([]byte, 31),
		"33 bytes": bytes.Repeat([]byte{1}, 33),
		"zero":     make([]byte, 32),
		"n":        unhex(t, order),
		"2²⁵⁶-1":   bytes.Repeat([]byte{0xFF}, 32),
	} {
		if k, err := hd.NewKey(secret.New(private), [32]byte{}); !errors.Is(err, hd.ErrInvalidKey) || k != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	largest := orderMinus(t, []byte{1})
	if _, err := hd.NewKey(secret.New(largest[:]), [32]byte{}); err != nil {
		t.Errorf("n-1: %v", err)
	}
}

func TestNewKeyIsTheKeyThatPrivateAndChainCodeDescribe(t *testing.T) {
	m := master(t, "000102030405060708090a0b0c0d0e0f")
	k, err := hd.NewKey(m.Private(), m.ChainCode())
	if err != nil || k.Neuter().String() != m.Neuter().String() {
		t.Errorf("%v", err)
	}
}

func TestSeedsHave16To64Bytes(t *testing.T) {
	for n, good := range map[int]bool{0: false, 15: false, 16: true, 32: true, 64: true, 65: false} {
		_, err := hd.Master(secret.New(make([]byte, n)))
		if good != (err == nil) || !good && !errors.Is(err, hd.ErrSeed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestNothingIsDeeperThan255(t *testing.T) {
	m := master(t, "000102030405060708090a0b0c0d0e0f")
	deep, err := m.Derive(make(hd.Path, 255))
	if err != nil || deep.Origin().Depth != 255 {
		t.Fatal(err)
	}
	if _, err := deep.Child(0); !errors.Is(err, hd.ErrDepth) {
		t.Errorf("child of the deepest key: %v", err)
	}
	if _, err := deep.Neuter().Child(0); !errors.Is(err, hd.ErrDepth) {
		t.Errorf("public child of the deepest key: %v", err)
	}
	if _, err := m.Derive(make(hd.Path, 256)); !errors.Is(err, hd.ErrDepth) {
		t.Errorf("path of 256: %v", err)
	}
}

func TestPublicAndPrivateDerivationAgree(t *testing.T) {
	for i := range uint32(40) {
		seed := sha256.Sum256([]byte{byte(i)})
		m, err := hd.Master(secret.New(seed[:]))
		if err != nil {
			t.Fatal(err)
		}
		p := hd.Path{i, 0x7FFFFFFF - i, i * 12345}
		private, err := m.Derive(p)
		if err != nil {
			t.Fatal(err)
		}
		public, err := m.Neuter().Derive(p)
		if err != nil || public.String() != private.Neuter().String() || public.Origin() != private.Origin() {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func TestCardsPublicKeysBecomeXPubs(t *testing.T) {
	want := master(t, "000102030405060708090a0b0c0d0e0f").Neuter()
	long, short := want.PublicKey(), want.Compressed()
	for _, public := range [][]byte{long[:], short[:]} {
		x, err := hd.NewXPub(public, want.ChainCode(), want.Origin())
		if err != nil || x.String() != want.String() {
			t.Errorf("%d bytes: %v", len(public), err)
		}
	}
	hybrid := long
	hybrid[0] = 6 | long[64]&1
	off := long
	off[64] ^= 1
	zero := [65]byte{4}
	for _, public := range [][]byte{nil, hybrid[:], off[:], zero[:], long[:64], short[:32], append(short[:], 0)} {
		if _, err := hd.NewXPub(public, [32]byte{}, hd.Origin{}); !errors.Is(err, hd.ErrInvalidKey) {
			t.Errorf("%X: %v", public, err)
		}
	}
}

func TestADestroyedKeyGivesNothing(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	child, err := k.Derive(hd.Path{})
	if err != nil {
		t.Fatal(err)
	}
	k.PublicKey()
	k.Destroy()
	k.Destroy()
	if k.Private().Len() != 0 || k.ChainCode() != [32]byte{} || k.PublicKey() != [65]byte{} ||
		k.Compressed() != [33]byte{} || k.XPrv(hd.Mainnet).Len() != 0 {
		t.Error("something is left")
	}
	if _, err := k.Child(0); !errors.Is(err, hd.ErrDestroyed) {
		t.Errorf("child: %v", err)
	}
	if _, err := k.Neuter().Child(0); !errors.Is(err, hd.ErrDestroyed) {
		t.Errorf("public child: %v", err)
	}
	if child.Private().Len() != 32 || child.PublicKey() == [65]byte{} {
		t.Error("destroying a key destroyed its copy")
	}
	unused := master(t, "000102030405060708090a0b0c0d0e0f")
	unused.Destroy()
	if unused.PublicKey() != [65]byte{} {
		t.Error("a public key out of nothing")
	}
}

func TestPrintingAKeyShowsNothingSecret(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	k.PublicKey()
	private, chain := reveal(k.Private()), k.ChainCode()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, out := range []string{fmt.Sprintf(verb, k), fmt.Sprintf(verb, []*hd.Key{k})} {
			for _, bad := range [][]byte{[]byte(private), chain[:]} {
				if strings.Contains(strings.ToLower(out), fmt.Sprintf("%x", bad[:8])) || strings.Contains(out, string(bad[:8])) ||
					strings.Contains(out, strings.Trim(fmt.Sprint(bad[:8]), "[]")) {
					t.Errorf("%s shows %s", verb, out)
				}
			}
		}
	}
}

func TestAKeyServesSeveralGoroutines(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	want, err := master(t, "000102030405060708090a0b0c0d0e0f").Child(3)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if c, err := k.Child(3); err != nil || c.Compressed() != want.Compressed() {
				t.Errorf("%v", err)
			}
		})
	}
	group.Wait()
}
