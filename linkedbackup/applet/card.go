package applet

import (
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/softcard"
)

// ATR is the answer to reset of these cards: T=1 only, and the historical bytes "tapcard" (ISO/IEC 7816-3:2006 §8.2),
// so that nobody takes one for a card of another maker.
func ATR() []byte {
	return []byte{0x3B, 0x87, 0x80, 0x01, 't', 'a', 'p', 'c', 'a', 'r', 'd', 0x77}
}

// NewCard makes a whole card, not powered yet. Errors are those of New.
func NewCard(o Options) (*softcard.Card, error) {
	a, err := New(o)
	if err != nil {
		return nil, err
	}
	mux := softcard.NewMux()
	mux.Handle(wire.AID(), a)
	return softcard.NewCard(ATR(), mux, o.Env.Store), nil
}

// FileKind is the kind of the card files of this package.
const FileKind = "linked"

// CreateFile makes a new blank card in a new file; the card is not in use until FromFile.
func CreateFile(path string) (*softcard.File, error) {
	return softcard.MakeFile(path, FileKind, struct{}{}, FromFile)
}

// FromFile makes the card of an open file. There are no settings yet.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	if err := f.NoSettings(); err != nil {
		return nil, err
	}
	return NewCard(Options{Env: softcard.NewEnv(f.Store())})
}
