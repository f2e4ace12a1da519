package trust

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// RootSize is the length of a root in bytes: a compressed secp256k1 public key.
const RootSize = secp256k1.PubKeyBytesLenCompressed

// Root is a public key that vouches for cards of one kind.
type Root struct {
	Card    string `json:"card"` // "keycard", "coinkite"
	Name    string `json:"name"`
	Key     string `json:"key"`      // 33 bytes in lower-case hex
	BuiltIn bool   `json:"built_in"` // the maker's, part of this program
}

var (
	// ErrBuiltIn means that a root is part of the program and can be neither removed nor added again.
	ErrBuiltIn = errors.New("this root is built in")
	// ErrUnknownRoot means that there is no such root to remove.
	ErrUnknownRoot = errors.New("no such root")
	// ErrRoot means that bytes are not a compressed public key on secp256k1.
	ErrRoot = errors.New("not a compressed secp256k1 public key")
)

// builtIn returns the makers' production roots. The root of Coinkite's obsolete development cards, which other programs
// accept, is not one.
func builtIn() []Root {
	return []Root{{
		Card: "keycard", Name: "Keycard (production)", BuiltIn: true,
		Key: "029ab99ee1e7a71bdf45b3f9c58c99866ff1294d2c1e304e228a86e10c3343501c",
	}, {
		Card: "coinkite", Name: "Coinkite (production)", BuiltIn: true, // Tap protocol, certs
		Key: "03028a0e89e70d0ec0d932053a89ab1da7d9182bdc6d2f03e706ee99517d05d9e1",
	}}
}

// List returns all roots, the built-in ones first, then in the order in which they were added.
func (s *Store) List() []Root { return append(builtIn(), s.state.Roots...) }

// Authority says whether key may vouch for cards of that kind, and by what name the user knows it.
func (s *Store) Authority(card string, key []byte) (name string, ok bool) {
	for _, r := range s.List() {
		if known, err := hex.DecodeString(r.Key); err == nil && r.Card == card && bytes.Equal(known, key) {
			return r.Name, true
		}
	}
	return "", false
}

// Add makes key, 33 bytes, an authority for cards of that kind. A name is 1 to 64 bytes of printable text. Adding a
// user's root again renames it; a built-in one gives ErrBuiltIn.
func (s *Store) Add(card, name string, key []byte) error {
	root := Root{Card: card, Name: name, Key: hex.EncodeToString(key)}
	if err := root.check(); err != nil {
		return err
	}
	return s.update(func(f *file) error {
		for i, have := range f.Roots {
			if have.Card == card && have.Key == root.Key {
				f.Roots[i].Name = name
				return nil
			}
		}
		f.Roots = append(f.Roots, root)
		return nil
	})
}

// Remove forgets a root that the user added. Errors: ErrBuiltIn, ErrUnknownRoot.
func (s *Store) Remove(card string, key []byte) error {
	want := hex.EncodeToString(key)
	for _, r := range builtIn() {
		if r.Card == card && r.Key == want {
			return ErrBuiltIn
		}
	}
	return s.update(func(f *file) error {
		for i, have := range f.Roots {
			if have.Card == card && have.Key == want {
				f.Roots = append(f.Roots[:i:i], f.Roots[i+1:]...)
				return nil
			}
		}
		return ErrUnknownRoot
	})
}

// check is for roots that the user adds, and for those read from the file.
func (r Root) check() error {
	if err := checkKind(r.Card); err != nil {
		return err
	}
	if err := checkText(r.Name); err != nil {
		return fmt.Errorf("the root's name %w", err)
	}
	key, err := hex.DecodeString(r.Key)
	if err != nil || len(key) != RootSize || hex.EncodeToString(key) != r.Key {
		return fmt.Errorf("%w: %d characters of hex, not %d", ErrRoot, len(r.Key), 2*RootSize)
	}
	if _, err := secp256k1.ParsePubKey(key); err != nil {
		return fmt.Errorf("%w: %w", ErrRoot, err)
	}
	for _, b := range builtIn() {
		if b.Card == r.Card && b.Key == r.Key {
			return ErrBuiltIn
		}
	}
	return nil
}
