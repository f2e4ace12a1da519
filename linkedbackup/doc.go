// Package linkedbackup is the host of linked backup: it carries a key from one card to one or two others without ever
// having it. PROTOCOL.md defines what passes; package wire encodes it; package applet is a card made of software.
//
// A [Card] is an applet that is selected. What needs no access code is a method of it: Attest, Join, Import. A
// [Session] is a secure channel to it, and everything with a code, a seed or a hash happens there:
//
//	c, err := opts.Select(ctx, card.NewChannel(link))
//	s, err := c.Open(ctx)
//	err = s.Activate(ctx, code)                  // or s.Import, of a seed phrase
//	err = s.Verify(ctx, code)
//	sigs, err := s.Sign(ctx, path, digests)      // or NewSigner, for package signer
//
// A [Backup] walks through the taps. It says which card comes next, refuses the wrong one, keeps a journal without
// secrets, and goes on after any interruption, even when the journal is lost, because the cards answer again what they
// have answered before:
//
//	b, err := linkedbackup.StartBackup(file, 3)
//	for !b.Done() {
//		say(b.Next())
//		err = b.Tap(ctx, tappedCard, askForCode)
//	}
//	show(b.Members()) // to be compared with the cards in hand, on a second device
//
// # What is believed
//
// Nothing a card says of itself counts until its certificate verifies under a root of Options.Trusted and it has shown
// that it has the certified key: by opening a channel or by an attestation over a fresh nonce. No card trusts this
// package with anything either: it could be replaced by a hostile one, and is, in tests.
//
// # Errors
//
// Failures are a *card.Error with a kind for errors.Is. What the card refuses is also one of the refusals of package
// wire, wire.ErrStale for example. After an error in the channel the session is closed. Cards and sessions are used by
// one goroutine at a time.
package linkedbackup
