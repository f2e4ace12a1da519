package softcard

import (
	"encoding/json"

	"tapcard.example/internal/privatefile"
)

// Summary is what can be known of a card file without opening it.
type Summary struct {
	Kind       string
	Settings   json.RawMessage
	Generation uint64
	InUse      bool // some process has it open right now
}

// Peek reads a card file without taking it: ErrDamaged as with OpenFile, but never ErrInUse.
func Peek(path string) (Summary, error) {
	img, err := readImage(path)
	if err != nil {
		return Summary{}, err
	}
	return Summary{img.Kind, img.Settings, img.Generation, privatefile.Locked(path + ".lock")}, nil
}
