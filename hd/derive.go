package hd

import (
	"encoding/binary"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Child derives one child (BIP-32, function CKDpriv): indexes from Hardened on are hardened. It fails with
// ErrInvalidChild, after which the caller may take the next index, ErrDepth or ErrDestroyed.
func (k *Key) Child(i uint32) (*Key, error) { return k.ChildWith(StandardHMAC512, i) }

// ChildWith is Child with another function than HMAC-SHA512.
func (k *Key) ChildWith(prf HMAC512, i uint32) (*Key, error) { return k.DeriveWith(prf, Path{i}) }

// Derive follows a path down. It is faster than one Child after the other: of the keys on the way no public key is
// computed that is not needed. The empty path gives a copy. Errors are those of Child.
func (k *Key) Derive(p Path) (*Key, error) { return k.DeriveWith(StandardHMAC512, p) }

// DeriveWith is Derive with another function than HMAC-SHA512.
func (k *Key) DeriveWith(prf HMAC512, p Path) (*Key, error) {
	if int(k.origin.Depth)+len(p) > MaxDepth {
		return nil, ErrDepth
	}
	var n node
	defer n.zero()
	if err := n.load(k); err != nil {
		return nil, err
	}
	if len(p) == 1 || len(p) > 1 && p[0] < Hardened {
		n.compressed = k.Compressed() // kept in k, for the next child
	}
	for level, i := range p {
		last := level == len(p)-1
		if i < Hardened || last {
			n.needPublic()
		}
		if last {
			n.origin.Parent = fingerprint(n.compressed)
		}
		if err := n.step(prf, i); err != nil {
			return nil, fmt.Errorf("%w: component %d of %v", err, level+1, p)
		}
	}
	return n.key()
}

// node is an extended private key while it is being worked with. It is one block of memory, reused for every level of
// a path and zeroed at the end.
type node struct {
	d          secp256k1.ModNScalar
	chain      [32]byte
	compressed [33]byte // of d; zero while nobody needs it
	data       [37]byte // what the HMAC is taken of: 33 bytes of key, 4 of index
	origin     Origin   // Parent is right for the last level only
}

func (n *node) load(k *Key) error {
	err := ErrDestroyed
	k.material.Reveal(func(b []byte) {
		if len(b) == 64 {
			n.d.SetByteSlice(b[:32])
			copy(n.chain[:], b[32:])
			err = nil
		}
	})
	n.origin = k.origin
	return err
}

func (n *node) key() (*Key, error) {
	var material [64]byte
	defer clear(material[:])
	n.d.PutBytesUnchecked(material[:32])
	copy(material[32:], n.chain[:])
	return newKey(material[:], n.origin)
}

func (n *node) zero() {
	n.d.Zero()
	*n = node{}
}

// publicKey multiplies the base point, by far the most expensive part of a derivation.
func (n *node) publicKey() [65]byte {
	var p secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&n.d, &p)
	return uncompressed(&p)
}

func (n *node) needPublic() {
	if n.compressed[0] == 0 {
		n.compressed = compress(n.publicKey())
	}
}

// step turns the node into its child number i. A normal child needs n.compressed to be there.
func (n *node) step(prf HMAC512, i uint32) error {
	if i >= Hardened {
		n.data[0] = 0
		n.d.PutBytesUnchecked(n.data[1:33])
	} else {
		copy(n.data[:], n.compressed[:])
	}
	binary.BigEndian.PutUint32(n.data[33:], i)
	sum := prf(n.chain[:], n.data[:])
	defer clear(sum[:])
	var left secp256k1.ModNScalar
	defer left.Zero()
	if left.SetByteSlice(sum[:32]) {
		return ErrInvalidChild // not below n
	}
	if n.d.Add(&left).IsZero() {
		return ErrInvalidChild
	}
	copy(n.chain[:], sum[32:])
	n.compressed = [33]byte{}
	n.origin.Depth++
	n.origin.Index = i
	return nil
}
