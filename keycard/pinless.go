package keycard

import (
	"context"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
)

// SetPinlessPath names the one path whose key signs without a PIN, for whoever holds the card; the empty path means
// none (Keycard seed, SET PINLESS PATH). Needs the PIN. At most 10 levels.
//
// Set it on a card that holds an extended key: on a single key, the applets of 3.1 and 3.2 would sign with that key
// instead.
func (s *Session) SetPinlessPath(ctx context.Context, path hd.Path) error {
	if err := checkPath(wire.InsSetPinless, path); err != nil {
		return err
	}
	return s.doEmpty(ctx, wire.SetPinlessCommand(path))
}
