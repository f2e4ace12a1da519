// Package softcard is what a card is made of: applets, a directory that selects them, volatile and persistent memory,
// power, and ways to make each of them fail.
//
// A Card is to its applets what a web server is to its handlers. What a web server does not have is power: a card can
// lose it at any instant. So state is of two kinds. A Session is gone at every reset and SELECT. A Cell keeps one typed
// value in a Store, and Cell.Update, one atomic commit, is the only thing in this module that survives power-off and
// the only place where a tear can happen. Faults cuts the power at the k-th commit, for every k, so that an applet's
// invariants can be checked at each.
//
//	store := softcard.NewStore()                       // or OpenFile, for a card that is kept
//	mux := softcard.NewMux()
//	mux.Handle(aid, applet)
//	c := softcard.NewCard(atr, mux, store)
//	answer, err := c.Transmit(command)
//
// Software cards are for tests and development. Their keys lie in ordinary memory and files, their arithmetic is not
// in constant time, and nothing about them resists an attacker who runs code on the same machine.
package softcard
