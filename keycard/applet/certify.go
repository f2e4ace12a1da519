package applet

import (
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/keycard/wire"
)

// Certify makes the identity of a new card: a key of its own, from 32 bytes of rand, certified by an authority (Keycard
// 3.1, IDENT). A host calls such a card genuine only if its user has chosen to trust that authority.
func Certify(authority *secp256k1.PrivateKey, rand io.Reader) (Identity, error) {
	key, err := secp256k1.GeneratePrivateKeyFromRand(rand)
	if err != nil {
		return Identity{}, fmt.Errorf("keycard applet: random source: %w", err)
	}
	defer key.Zero()
	id := Identity{Private: [32]byte(key.Serialize())}
	c := wire.Certificate{Public: [33]byte(key.PubKey().SerializeCompressed())}
	digest := sha256.Sum256(c.Public[:])
	const compactBase = 27 // the first byte of a compact signature by an uncompressed key, plus the recovery id
	compact := ecdsa.SignCompact(authority, digest[:], false)
	c.V, c.R, c.S = compact[0]-compactBase, [32]byte(compact[1:33]), [32]byte(compact[33:])
	id.Certificate = [wire.CertificateSize]byte(c.Encode())
	return id, nil
}
