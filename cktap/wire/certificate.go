package wire

import (
	"crypto/sha256"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/secret"
)

// BIP-137 headers: 27 to 30 for an uncompressed key, 31 to 34 for a compressed one, 35 to 38 and 39 to 42 for segwit
// addresses. Each group encodes the recovery id 0 to 3.
const (
	firstHeader  = 27
	lastHeader   = 42
	segwitHeader = 39
)

// FactoryRoot follows a certificate chain up from the card's own key, and computes who signed at the top. Each
// certificate is a signature over the SHA-256 of the compressed public key below it (Tap protocol, certs). Every
// well-formed chain has such a root; only a comparison with a root that is trusted makes it mean anything, together
// with a signature of the card (see CheckDigest), because anybody can copy a chain.
//
// The chain may have any length but zero. Headers of all BIP-137 ranges are accepted. ErrCertificate: no chain.
func FactoryRoot(card PublicKey, chain []Certificate) (PublicKey, error) {
	if len(chain) == 0 {
		return PublicKey{}, fmt.Errorf("%w: it is empty", ErrCertificate)
	}
	key := card
	for i, c := range chain {
		if c[0] < firstHeader || c[0] > lastHeader {
			return PublicKey{}, fmt.Errorf("%w: header byte %d in certificate %d", ErrCertificate, c[0], i+1)
		}
		signer, err := recoverKey(sha256.Sum256(key[:]), (c[0]-firstHeader)&3, c[1:])
		if err != nil {
			return PublicKey{}, fmt.Errorf("%w: certificate %d: %w", ErrCertificate, i+1, err)
		}
		key = signer
	}
	return key, nil
}

// Certify makes the certificate that a private key of 32 bytes gives to the key below it. It fails with ErrKey.
func Certify(signer secret.Bytes, subject PublicKey) (Certificate, error) {
	var d secp256k1.ModNScalar
	defer d.Zero()
	if err := scalar(&d, signer); err != nil {
		return Certificate{}, err
	}
	hash := sha256.Sum256(subject[:])
	c := Certificate(ecdsa.SignCompact(secp256k1.NewPrivateKey(&d), hash[:], false))
	c[0] += segwitHeader - firstHeader
	return c, nil
}
