package applet

import (
	"tapcard.example/cktap/wire"
	"tapcard.example/softcard"
)

// ATR is the answer to reset of all tap cards, real ones too: it has the historical bytes "Coinkite" (observed).
// Clients look for it.
func ATR() []byte { return []byte("\x3B\x88\x80\x01Coinkite\x31") }

// NewCard makes a whole card, not powered yet, or takes up the one that is in o.Env.Store. Errors are those of New.
func NewCard(o Options) (*softcard.Card, Label, error) {
	a, err := New(o)
	if err != nil {
		return nil, Label{}, err
	}
	return a.Card(), a.Label(), nil
}

// Card puts the applet into a card of its own, not powered yet.
func (a *Applet) Card() *softcard.Card {
	var handler softcard.Applet = a
	if a.sleep != nil {
		handler = softcard.Latency(a, Took, a.sleep)
	}
	mux := softcard.NewMux()
	mux.Handle(wire.AID(), handler)
	return softcard.NewCard(ATR(), mux, a.env.Store)
}
