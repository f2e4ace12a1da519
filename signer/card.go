package signer

import (
	"context"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/hd"
)

// Card is what a card must be able to do to sign here. A Card is used by one goroutine at a time.
type Card interface {
	// Describe says which card this is. It sends nothing.
	Describe() Identity
	// Capabilities says what this card can do, by its kind and version. It sends nothing.
	Capabilities() Capabilities
	// PublicKey exports the public key at path: 65 bytes, 04 || X || Y.
	PublicKey(ctx context.Context, path hd.Path) ([65]byte, error)
	// Sign signs a 32-byte digest with the key at path.
	Sign(ctx context.Context, path hd.Path, digest [32]byte) (Signature, error)
}

// Identity names a card.
type Identity struct {
	Kind     string `json:"kind"`     // "keycard"
	Label    string `json:"label"`    // the user's name for it, may be empty
	ID       string `json:"id"`       // lower-case hex; for a Keycard its key UID, so a card with a new key is a new one
	Software bool   `json:"software"` // a card made of software: for tests
}

// String is the label, or the kind and the beginning of the ID.
func (id Identity) String() string {
	short := id.ID
	if len(short) > 8 {
		short = short[:8]
	}
	if id.Label == "" {
		return fmt.Sprintf("%s %s", id.Kind, short)
	}
	return fmt.Sprintf("%s (%s %s)", id.Label, id.Kind, short)
}

// Curve is a kind of key.
type Curve string

// Secp256k1 is the curve of Bitcoin and Ethereum (SEC 2, section 2.4.1), the only one signed with so far.
const Secp256k1 Curve = "secp256k1"

// Capabilities say what a card can sign with. They are curated by kind and version of the card, not asked from it.
type Capabilities struct {
	Curves   []Curve `json:"curves"`
	Prefix   hd.Path `json:"-"`         // every path begins with this one; empty when any beginning will do
	MaxDepth int     `json:"max_depth"` // components of a path, prefix included; 0 means the master key only
	Hardened bool    `json:"hardened"`  // components after Prefix may be hardened
}

// Check fails with card.ErrUnsupported when the card cannot sign at path.
func (c Capabilities) Check(path hd.Path) error {
	if !c.has(Secp256k1) {
		return unsupported("it has no %s keys", Secp256k1)
	}
	if len(path) > c.MaxDepth {
		return unsupported("the path %v has %d components, this card takes %d", path, len(path), c.MaxDepth)
	}
	if len(path) < len(c.Prefix) || !slices.Equal(path[:len(c.Prefix)], c.Prefix) {
		return unsupported("the path %v does not begin with %v as this card's paths do", path, c.Prefix)
	}
	for _, component := range path[len(c.Prefix):] {
		if component >= hardened && !c.Hardened {
			return unsupported("the path %v is hardened after %v, which this card cannot do", path, c.Prefix)
		}
	}
	return nil
}

// hardened is the bit that marks a hardened component (BIP-32).
const hardened = 1 << 31

func (c Capabilities) has(curve Curve) bool {
	for _, have := range c.Curves {
		if have == curve {
			return true
		}
	}
	return false
}

func unsupported(format string, args ...any) error {
	return &card.Error{Op: opSign, Kind: card.ErrUnsupported, Err: fmt.Errorf(format, args...)}
}
