package keycard

import (
	"context"
	"slices"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
)

// Derive makes the key at path from source the current one (Keycard seed, DERIVE KEY). An empty path from the master
// key is the master key. Needs the PIN; in 2.0 and 2.1 not for the PIN-less path.
//
// Errors: card.ErrInvalidKey when BIP-32 has no key there (before 3.1; from then on Sign and Export find out);
// card.ErrConditions when the loaded key cannot derive, or there is no parent to start from.
func (s *Session) Derive(ctx context.Context, source Source, path hd.Path) error {
	if err := checkPath(wire.InsDerive, path); err != nil {
		return err
	}
	next, known := s.follow(source, path)
	s.known = false
	if err := s.doEmpty(ctx, wire.DeriveCommand(source, path)); err != nil {
		return err
	}
	s.path, s.known = next, known
	return nil
}

// follow is the current path after a derivation, if it can be told.
func (s *Session) follow(source Source, path hd.Path) (next hd.Path, known bool) {
	switch {
	case source == wire.FromMaster:
		return slices.Clone(path), true
	case source == wire.FromCurrent && s.known:
		return slices.Concat(s.path, path), true
	case source == wire.FromParent && s.known && len(s.path) > 0:
		return slices.Concat(s.path[:len(s.path)-1], path), true
	}
	return nil, false
}

// at says that the current key is known to be the one at w already.
func (s *Session) at(w Where) bool {
	return s.known && w.source == wire.FromMaster && slices.Equal(s.path, w.path)
}

// checkPath refuses paths that no card takes.
func checkPath(ins byte, path hd.Path) error {
	if len(path) > wire.MaxPathDepth {
		return refuse(ins, "a card derives %d levels at most, not %d", wire.MaxPathDepth, len(path))
	}
	return nil
}
