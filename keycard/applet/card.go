package applet

import (
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// ATR is the answer to reset of every software Keycard: T=1 only, and the historical bytes "tapcard", so that nobody
// takes it for a real one (ISO/IEC 7816-3:2006 §8.2).
func ATR() []byte {
	const (
		direct     = 0x3B
		interfaceD = 0x80 // TD1 and, in it, TD2 follow
		protocolT1 = 0x01
	)
	historical := []byte("tapcard")
	atr := append([]byte{direct, interfaceD | byte(len(historical)), interfaceD, protocolT1}, historical...)
	check := byte(0)
	for _, b := range atr[1:] {
		check ^= b
	}
	return append(atr, check)
}

// NewCard makes a whole card, not powered yet, with what Install puts on it. Errors are those of New.
func NewCard(o Options) (*softcard.Card, error) {
	mux := softcard.NewMux()
	if err := Install(mux, o); err != nil {
		return nil, err
	}
	return softcard.NewCard(ATR(), mux, o.Env.Store), nil
}

// Install puts a Keycard on a card that may have other applets, too: the Keycard applet, first instance, and the NDEF applet
// that it feeds; from 2.3 on the Cash applet too. Errors are those of New.
func Install(mux *softcard.Mux, o Options) error {
	a, err := New(o)
	if err != nil {
		return err
	}
	mux.Handle(wire.KeycardAID(1), a)
	mux.Handle(wire.NDEFAID(), NewNDEF(a))
	if a.profile.Version >= wire.V2_3 {
		mux.Handle(wire.CashAID(), NewCash(a))
	}
	return nil
}
