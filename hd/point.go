package hd

import (
	"crypto/sha256"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	//lint:ignore SA1019 BIP-32 identifies keys with it; nothing rests on its strength
	"golang.org/x/crypto/ripemd160"
)

// The forms of a point, SEC 1 §2.3.3: 02 or 03 and x (33 bytes), 04, x and y (65 bytes).

func uncompressed(p *secp256k1.JacobianPoint) [65]byte {
	p.ToAffine()
	var b [65]byte
	b[0] = secp256k1.PubKeyFormatUncompressed
	p.X.PutBytesUnchecked(b[1:33])
	p.Y.PutBytesUnchecked(b[33:])
	return b
}

func compress(b [65]byte) [33]byte {
	var c [33]byte
	if b[0] == 0 {
		return c // of a destroyed key
	}
	c[0] = secp256k1.PubKeyFormatCompressedEven | b[64]&1
	copy(c[1:], b[1:33])
	return c
}

// parsePoint reads either form. The third form that SEC 1 once had (06, 07) is refused: nobody sends it honestly.
func parsePoint(b []byte) ([65]byte, error) {
	if len(b) == 65 && b[0] != secp256k1.PubKeyFormatUncompressed {
		return [65]byte{}, fmt.Errorf("%w: first byte %02X", ErrInvalidKey, b[0])
	}
	key, err := secp256k1.ParsePubKey(b)
	if err != nil {
		return [65]byte{}, fmt.Errorf("%w: no point of the curve in %d bytes", ErrInvalidKey, len(b))
	}
	var p secp256k1.JacobianPoint
	key.AsJacobian(&p)
	return uncompressed(&p), nil
}

// jacobian is for points that parsePoint or uncompressed made.
func jacobian(b [65]byte) secp256k1.JacobianPoint {
	var p secp256k1.JacobianPoint
	p.X.SetByteSlice(b[1:33])
	p.Y.SetByteSlice(b[33:])
	p.Z.SetInt(1)
	return p
}

func fingerprint(compressed [33]byte) [4]byte {
	first := sha256.Sum256(compressed[:])
	second := ripemd160.New()
	second.Write(first[:])
	return [4]byte(second.Sum(nil))
}
