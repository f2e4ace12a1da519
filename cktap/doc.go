// Package cktap speaks to Coinkite's tap cards: SATSCARD, a bearer card whose slots each hold one key until it is
// spent, TAPSIGNER, a signing card, and SATSCHIP, a TAPSIGNER without backup.
//
// [Select] finds out which card it is. What a card can do is what its type has: a [Satscard] has slots and no xpub, a
// [Tapsigner] an xpub and no slots. Both are a [Card], which can prove its origin, try a CVC and show its URL:
//
//	c, err := cktap.Options{Store: store, Authorities: roots}.Select(ctx, card.NewChannel(link))
//	s, err := c.Satscard()
//	proof, err := s.Verify(ctx, nil)       // proof.Address is safe to pay to
//
//	t, err := c.Tapsigner()
//	account, err := t.Account(ctx, cvc)    // an xpub that is proven to be the card's
//	sig, err := t.Sign(ctx, cvc, hd.Path{0, 7}, digest, &expected)
//
// # What it takes care of
//
// Nothing is shown that was not verified. An address comes from a key that the slot has signed with, that the card's
// own key vouches for, that follows from its master key and chain code, and that fits the address in the card's status;
// and the card's own key has a certificate of a trusted factory. An xpub counts only once a child of it has signed a
// secret challenge. A signature is verified against its digest, and against the key that was expected.
//
// The CVC is given only to cards that a trusted factory vouches for, or that were named in Options.Ident: it is
// encrypted to the card's key, and whoever answers with a key of his own can read it.
//
// Bad luck (205) is tried again, verbatim where the firmware allows it. Wrong CVCs (401) and the delay after the third
// (429) are told apart from a card that was swapped. A digest that comes back signed wrong is never sent again.
//
// A card may leave the field at any moment. With a [Store] what is about to be done is written down first; calling the
// same method again, after a new Select, finds out whether it was done and goes on. CVCs are never written down.
//
// # Taps
//
// Signing with a TAPSIGNER that is known takes two commands, SELECT and sign; with the proof of its origin three, or
// four the first time. A verified SATSCARD address takes four, or five the first time. The certificates of a card are
// asked for once and kept in the Store.
//
// # Errors
//
// Failures are a *card.Error with a kind for errors.Is; the details of this package ([ErrEntropy], [ErrSignedWrong] and
// so on) are found by errors.Is too, and the card's own code by errors.As with *wire.CardError. A Card is used by one
// goroutine at a time. After a lost answer the channel is closed: reset it, and Select again.
package cktap
