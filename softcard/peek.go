package softcard

import (
	"encoding/json"
	"os"
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
	return Summary{img.Kind, img.Settings, img.Generation, locked(path + ".lock")}, nil
}

// locked says whether a process holds the lock file; a lock file that is not there is held by nobody.
func locked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lockFile(f) != nil
}
