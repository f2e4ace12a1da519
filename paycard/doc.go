// Package paycard speaks to payment cards: to anybody's, as a terminal does, and to one's own, as its owner does.
//
// A terminal taps. Three commands, no PIN, no pairing; what the card wants in between shows in the [Tap]:
//
//	c, err := paycard.Select(ctx, card.NewChannel(link))
//	profile, ok := c.ProfileFor(purse)
//	tap, err := c.Challenge(ctx, profile, purse, order)
//	// tap.Token() goes to the approval service at c.Info().URL, and its signature comes back
//	signed, err := tap.Pay(ctx, wire.Approval{Terms: terms, Approver: &signature})
//
// The signature is verified before it is returned. When the answer to PAY is lost, do the same again: the card returns
// the same signature, and [Tap.Repeat] says so beforehand.
//
// The owner opens a [Session] with a pairing and a PIN, both the pay card's own, and sets the guards there: who has to
// approve, how often, how much, with which profile. PROTOCOL.md beside this file is the protocol byte by byte.
//
// # What a terminal cannot do
//
// It cannot ask for a PIN, because VERIFY PIN works in the owner's channel only. It cannot keep tokens for later,
// because each is bound to a challenge. It learns no balance and no limit: the allowances are sealed for the service.
// What no card can do is see who stands at the other end: a relayed tap looks like a tap.
//
// # Errors
//
// Failures are a *card.Error. A guard that refuses is card.ErrConditions with a [GuardError], or, when it is too early,
// card.ErrRateLimited with a *card.RateLimitError. A session that had an error in its channel is closed. Cards and
// sessions are used by one goroutine at a time.
package paycard
