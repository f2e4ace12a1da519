package applet

import (
	"errors"
	"io"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// Factory is who certifies software cards: a root key of one's own. A host does not trust it unless it is told to.
type Factory struct {
	root   secret.Bytes
	public wire.PublicKey
}

// NewFactory makes a factory of a root key, 32 bytes; see wire.RandomKey. It fails with wire.ErrKey.
func NewFactory(root secret.Bytes) (*Factory, error) {
	public, err := wire.PublicKeyOf(root)
	if err != nil {
		return nil, err
	}
	return &Factory{root: root, public: public}, nil
}

// Root is the public key that a host has to trust.
func (f *Factory) Root() wire.PublicKey { return f.public }

// Lengths of a certificate chain. The protocol allows any, an answer of short length holds three.
const (
	defaultChain = 2
	longestChain = 3
)

var (
	errChain     = errors.New("tap card applet: a certificate chain has 2 or 3 certificates")
	errNoFactory = errors.New("tap card applet: no factory to certify a new card")
)

// certify makes a chain of n certificates for a card: fresh keys, like the factory's batches, sign each other up to the
// root (Tap protocol, certs).
func (f *Factory) certify(r io.Reader, card wire.PublicKey, n int) ([]wire.Certificate, error) {
	if n == 0 {
		n = defaultChain
	}
	if n < defaultChain || n > longestChain {
		return nil, errChain
	}
	chain := make([]wire.Certificate, 0, n)
	subject := card
	for range n - 1 {
		batch, err := wire.RandomKey(r)
		if err != nil {
			return nil, err
		}
		c, err := wire.Certify(batch, subject)
		if err != nil {
			return nil, err
		}
		if subject, err = wire.PublicKeyOf(batch); err != nil {
			return nil, err
		}
		batch.Destroy()
		chain = append(chain, c)
	}
	c, err := wire.Certify(f.root, subject)
	return append(chain, c), err
}
