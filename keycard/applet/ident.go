package applet

import (
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// identity is an Identity, parsed.
type identity struct {
	scalar      secp256k1.ModNScalar
	certificate wire.Certificate
}

// newIdentity refuses a key that is none and a certificate that is for another key.
func newIdentity(i *Identity) (*identity, error) {
	certificate, err := wire.ParseCertificate(i.Certificate[:])
	if err != nil {
		return nil, err
	}
	id := &identity{certificate: certificate}
	if overflow := id.scalar.SetBytes(&i.Private); overflow != 0 || id.scalar.IsZero() {
		return nil, fmt.Errorf("keycard applet: identity: %w", wire.ErrKey)
	}
	public := secp256k1.NewPrivateKey(&id.scalar).PubKey().SerializeCompressed()
	if certificate.Public != [33]byte(public) {
		return nil, fmt.Errorf("keycard applet: the certificate is for another key")
	}
	return id, nil
}

// ident proves which card this is: it signs a challenge of 32 bytes as it is, with the key of its certificate (Keycard
// 3.1, IDENT). S is not made low here.
func (c *call) ident() ([]byte, iso7816.Status) {
	challenge, err := wire.ParseIdentCommand(c.cmd)
	if err != nil {
		return nil, iso7816.WrongData
	}
	id := c.a.identity
	if id == nil {
		return nil, iso7816.ConditionsNotSatisfied
	}
	r, s, sw := c.ecdsa(&id.scalar, challenge[:])
	if sw != iso7816.OK {
		return nil, sw
	}
	return wire.IdentAnswer{Certificate: id.certificate, R: r.Bytes(), S: s.Bytes()}.Encode(), iso7816.OK
}
