// Package card is what a host sees of a smart card: a Link that moves bytes, a Channel that sends commands over it,
// a search for the right card among the readers, and the errors that everything above reports.
//
//	link, err := card.Find(ctx, slots, card.Wanted{Name: "Keycard", AIDs: aids}) // or loopback.Connect in a test
//	ch := card.NewChannel(link)
//	r, err := ch.Select(ctx, aid)
//
// Waiting for a card can be cancelled; an exchange in flight cannot. When the context ends during one, nobody knows
// whether the card acted: the channel is poisoned and refuses everything until Reset.
package card
