package hd

import (
	"encoding/binary"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// XPub is an extended public key: a public key and a chain code. Who has it can compute the public keys of all children
// that are not hardened (BIP-32), so it shows all addresses of an account but spends nothing.
type XPub struct {
	public [65]byte
	chain  [32]byte
	origin Origin
}

// NewXPub makes an extended public key of what cards export: a public key in the compressed or uncompressed form, 33 or
// 65 bytes, and a chain code. It fails with ErrInvalidKey when public is not a point of the curve.
func NewXPub(public []byte, chain [32]byte, origin Origin) (*XPub, error) {
	p, err := parsePoint(public)
	if err != nil {
		return nil, err
	}
	return &XPub{public: p, chain: chain, origin: origin}, nil
}

// PublicKey is the public key, uncompressed: 04, x, y.
func (x *XPub) PublicKey() [65]byte { return x.public }

// Compressed is the public key, compressed: 02 or 03, x.
func (x *XPub) Compressed() [33]byte { return compress(x.public) }

// ChainCode is the chain code.
func (x *XPub) ChainCode() [32]byte { return x.chain }

// Origin is the key's place in its tree.
func (x *XPub) Origin() Origin { return x.origin }

// Fingerprint is the first 4 bytes of the hash of the public key (BIP-32, "Key identifiers").
func (x *XPub) Fingerprint() [4]byte { return fingerprint(x.Compressed()) }

// Child derives one child (BIP-32, function CKDpub). It fails with ErrHardened, ErrDepth, ErrInvalidChild, after
// which the caller may take the next index, or ErrDestroyed.
func (x *XPub) Child(i uint32) (*XPub, error) { return x.childWith(StandardHMAC512, i) }

// Derive follows a path without hardened components. The empty path gives a copy. Errors are those of Child.
func (x *XPub) Derive(p Path) (*XPub, error) {
	child := *x
	for level, i := range p {
		next, err := child.Child(i)
		if err != nil {
			return nil, fmt.Errorf("%w: component %d of %v", err, level+1, p)
		}
		child = *next
	}
	return &child, nil
}

func (x *XPub) childWith(prf HMAC512, i uint32) (*XPub, error) {
	if i >= Hardened {
		return nil, ErrHardened
	}
	if x.origin.Depth == MaxDepth {
		return nil, ErrDepth
	}
	if x.public[0] == 0 {
		return nil, ErrDestroyed // Neuter came after Destroy
	}
	compressed := x.Compressed()
	sum := prf(x.chain[:], binary.BigEndian.AppendUint32(compressed[:], i))
	var left secp256k1.ModNScalar
	if left.SetByteSlice(sum[:32]) {
		return nil, ErrInvalidChild
	}
	var shift, child secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&left, &shift)
	parent := jacobian(x.public)
	secp256k1.AddNonConst(&shift, &parent, &child)
	if child.X.IsZero() && child.Y.IsZero() || child.Z.IsZero() {
		return nil, ErrInvalidChild // the point at infinity
	}
	origin := Origin{Depth: x.origin.Depth + 1, Parent: fingerprint(compressed), Index: i}
	return &XPub{public: uncompressed(&child), chain: [32]byte(sum[32:]), origin: origin}, nil
}
