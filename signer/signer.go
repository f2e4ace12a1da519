package signer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/hd"
)

// opSign is the operation that errors of this package name.
const opSign = "SIGN"

// ErrRefused means that the user said no. Nothing was signed.
var ErrRefused = errors.New("refused by the user")

// ErrNobodyAsked means that a Signer lacks the function that would have asked the user. It never signs unasked.
var ErrNobodyAsked = errors.New("there is nobody to ask for approval")

// Approve shows a summary to the user and asks. It returns nil for yes and ErrRefused for no.
type Approve func(ctx context.Context, s Summary) error

// Confirm shows a key that is used for the first time and asks whether to trust it from now on: nil or ErrRefused.
type Confirm func(ctx context.Context, k NewKey) error

// NewKey is a public key that nobody has seen at this path of this card before.
type NewKey struct {
	Card      Identity
	Path      hd.Path
	PublicKey [65]byte
	Address   string // as its owner knows it on the chain in question; the key in hex when the chain did not say
}

// AddressText turns a public key into the text by which its owner recognises it on some chain.
type AddressText func(pub [65]byte) string

// Request is something to be signed.
type Request struct {
	Path    hd.Path
	Digest  [32]byte
	Summary Summary     // what Digest stands for
	Address AddressText // may be nil
}

// Signer signs with one card, on behalf of one user. It is used by one goroutine at a time.
type Signer struct {
	Card    Card
	Keys    *Keys
	Approve Approve
	Confirm Confirm
}

// Key is the public key at path: the known one, without a word to the card, or on first use the one that the card
// exports, once the user has confirmed it. Errors: card.ErrUnsupported, ErrRefused, and what the card says.
func (s *Signer) Key(ctx context.Context, path hd.Path, address AddressText) ([65]byte, error) {
	if err := s.Card.Capabilities().Check(path); err != nil {
		return [65]byte{}, err
	}
	id := s.Card.Describe()
	if err := checkID(id.ID); err != nil {
		return [65]byte{}, &card.Error{Op: opSign, Kind: card.ErrConditions, Err: err}
	}
	if pub, ok := s.Keys.Expect(id.ID, path); ok {
		return pub, nil
	}
	return s.firstUse(ctx, id, path, address)
}

func (s *Signer) firstUse(ctx context.Context, id Identity, path hd.Path, address AddressText) ([65]byte, error) {
	if s.Confirm == nil {
		return [65]byte{}, fmt.Errorf("the key at %v is new: %w", path, ErrNobodyAsked)
	}
	pub, err := s.Card.PublicKey(ctx, path)
	if err != nil {
		return [65]byte{}, err
	}
	if err := checkKey(pub); err != nil {
		return [65]byte{}, &card.Error{Op: "EXPORT KEY", Kind: card.ErrBadResponse, Err: err}
	}
	k := NewKey{Card: id, Path: slices.Clone(path), PublicKey: pub, Address: fmt.Sprintf("%x", pub)}
	if address != nil {
		k.Address = address(pub)
	}
	if err := s.Confirm(ctx, k); err != nil {
		return [65]byte{}, fmt.Errorf("the new key at %v: %w", path, err)
	}
	if err := s.Keys.Remember(id.ID, path, pub); err != nil {
		return [65]byte{}, err
	}
	return pub, nil
}

// Sign has the card sign r.Digest, after approval, and returns only what verifies against the key expected at r.Path;
// see the package comment for the steps. Signature.PublicKey is that key. Errors: those of Key, ErrRefused,
// card.ErrCardMismatch and card.ErrBadSignature as Signature.Verify gives them, and what the card says.
func (s *Signer) Sign(ctx context.Context, r Request) (Signature, error) {
	r.Path = slices.Clone(r.Path) // what is approved is what is signed, whatever the caller does meanwhile
	expected, err := s.Key(ctx, r.Path, r.Address)
	if err != nil {
		return Signature{}, err
	}
	item := Item{Path: r.Path, Digest: r.Digest, PublicKey: expected}
	if err := s.ask(ctx, r.Summary, []Item{item}); err != nil {
		return Signature{}, err
	}
	return s.signItem(ctx, item)
}

// describe adds to the chain's summary what the chain cannot know: which card, which keys. The lines are copied, so
// that a summary that is shown twice does not grow.
func (s *Signer) describe(summary Summary, items []Item) Summary {
	id := s.Card.Describe()
	out := Summary{Title: summary.Title}
	out.Lines = append(out.Lines, summary.Lines...)
	out.Warnings = append(out.Warnings, summary.Warnings...)
	label, _ := Printable(id.String())
	out.Add("Card", "%s", label)
	if len(items) == 1 {
		out.Add("Path", "%v", items[0].Path)
	} else {
		out.Add("Signatures", "%d", len(items))
	}
	if id.Software {
		out.Warn("this is a software card, for tests only: its key is in a file on this computer")
	}
	return out
}
