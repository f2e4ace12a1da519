// Package keycard speaks to Keycards, the NFC smart-card wallets, of versions 2.0 to 3.2. It finds out the version of
// the card it meets and behaves as that version needs; callers see one interface.
//
// A [Card] is an applet that is selected: it can be initialised, paired with, asked to prove that it is genuine, reset.
// A [Session] is a secure channel to it, and everything else happens there:
//
//	c, err := keycard.Select(ctx, card.NewChannel(link))
//	pairing, err := store.Pair(ctx, c, password...)     // once per card and computer: takes one of its pairing slots
//	s, err := c.Open(ctx, pairing)
//	err = s.VerifyPIN(ctx, pin)
//	sig, err := s.Sign(ctx, digest, keycard.At(path))
//
// That is six commands over the air (SELECT, OPEN SECURE CHANNEL, MUTUALLY AUTHENTICATE, GET STATUS, VERIFY PIN, SIGN)
// and five with Options.SpendLastTry, which skips the look at the tries left; versions 2.0 and 2.1 need DERIVE KEY too.
// A signature at the PIN-less path takes two ([Card.SignPinless]).
//
// # What it takes care of
//
// Tries: the last try of PIN or PUK is never spent unless Options.SpendLastTry says so.
//
// Lost answers: a card may leave the field at any moment. [Store] writes down what it is about to do, so that a pairing
// slot whose answer was lost is found and can be freed, and a pairing secret is never lost with INIT's answer.
//
// Hostile and broken cards: every answer is checked for length and form before it is used and every MAC before anything
// is decrypted. Answers to the wrong question, of any length, lead to an error and to nothing else.
//
// Signatures: each one is verified before it is returned, has its recovery id and a low S, and r and s of 32 bytes
// whatever the card sent. It is verified against the key the answer names, which is no protection against a swapped
// card: give the key you expect, or use [Signer] under package signer, which remembers it.
//
// # Errors
//
// Failures are a *card.Error with a kind for errors.Is; the kinds come from the table of commands in package wire.
// After any error in the channel itself (card.ErrBadMAC, ErrChannelClosed, an interrupted exchange) the session is
// closed and its keys are gone: Open another. Cards and sessions are used by one goroutine at a time.
package keycard
