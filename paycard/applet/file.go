package applet

import "tapcard.example/softcard"

// FileKind is the kind of the card files of this package.
const FileKind = "pay"

// CreateFile makes a new card, not initialised, in a new file; the card is not in use until FromFile.
func CreateFile(path string) (*softcard.File, error) {
	return softcard.MakeFile(path, FileKind, struct{}{}, FromFile)
}

// FromFile makes the card of an open file. It has no display, button or sensor. There are no settings yet.
func FromFile(f *softcard.File) (*softcard.Card, error) {
	if err := f.NoSettings(); err != nil {
		return nil, err
	}
	return NewCard(Options{Env: softcard.NewEnv(f.Store())})
}
