package signer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/hd"
)

// Item is one of the digests of a Batch, and the key that must sign it.
type Item struct {
	Path      hd.Path
	Digest    [32]byte
	PublicKey [65]byte // 04 || X || Y
}

// Batch is several digests that stand for one thing, so that the user is asked once: the inputs of a Bitcoin
// transaction, say. It differs from a Request in one more way: what is signed names its keys. A coin is locked to one,
// and a signature by any other is worth nothing, so no key is exported or confirmed here.
type Batch struct {
	Items   []Item
	Summary Summary // what all of it stands for
}

// SignBatch has the card sign every item of b, in order, after one approval, and returns only signatures that verify
// against the keys of their items. A key that is known at one of the paths must be the item's, or it is another card:
// card.ErrCardMismatch, before anything is shown.
//
// When a signature fails, those before it are returned with the error: each is good on its own, and on a card that was
// pulled away they need not be made again. Errors are those of Sign.
func (s *Signer) SignBatch(ctx context.Context, b Batch) ([]Signature, error) {
	items := slices.Clone(b.Items) // what is approved is what is signed, whatever the caller does meanwhile
	for i := range items {
		items[i].Path = slices.Clone(items[i].Path)
		if err := s.checkItem(items[i]); err != nil {
			return nil, err
		}
	}
	if len(items) == 0 {
		return nil, failed(card.ErrWrongData, errors.New("there is nothing to sign"))
	}
	if err := s.ask(ctx, b.Summary, items); err != nil {
		return nil, err
	}
	signatures := make([]Signature, 0, len(items))
	for i, item := range items {
		sig, err := s.signItem(ctx, item)
		if err != nil {
			return signatures, fmt.Errorf("signature %d of %d: %w", i+1, len(items), err)
		}
		signatures = append(signatures, sig)
	}
	return signatures, nil
}

// checkItem finds out what can be known before the card hears of an item.
func (s *Signer) checkItem(item Item) error {
	if err := s.Card.Capabilities().Check(item.Path); err != nil {
		return err
	}
	if err := checkKey(item.PublicKey); err != nil {
		return failed(card.ErrWrongData, err)
	}
	if s.Keys == nil {
		return nil
	}
	known, ok := s.Keys.Expect(s.Card.Describe().ID, item.Path)
	if ok && known != item.PublicKey {
		return failed(card.ErrCardMismatch, fmt.Errorf("the key %x… is asked for at %v, this card has %x… there",
			item.PublicKey[:9], item.Path, known[:9]))
	}
	return nil
}

func (s *Signer) ask(ctx context.Context, summary Summary, items []Item) error {
	if s.Approve == nil {
		return ErrNobodyAsked
	}
	if err := s.Approve(ctx, s.describe(summary, items)); err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	return nil
}

// signItem signs one digest. A context that ends between two signatures ends the batch there, and so does a yes that
// came after the caller gave up.
func (s *Signer) signItem(ctx context.Context, item Item) (Signature, error) {
	if err := ctx.Err(); err != nil {
		return Signature{}, err
	}
	sig, err := s.Card.Sign(ctx, item.Path, item.Digest)
	if err != nil {
		return Signature{}, err
	}
	if err := sig.Verify(item.Digest, item.PublicKey); err != nil {
		return Signature{}, err
	}
	return sig, nil
}
