package keycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// DuplicateStart begins a duplication (Keycard seed, DUPLICATE KEY; 2.0 to 2.3) with the first piece of entropy, 32
// bytes, of pieces altogether, 1 to 127. Needs the PIN. All cards that take part, source and targets, must get the same
// before any of them gets the second piece. A duplication in progress is given up.
func (s *Session) DuplicateStart(ctx context.Context, pieces int, entropy secret.Bytes) error {
	if pieces < 1 || pieces > wire.MaxEntropyPieces {
		return refuse(wire.InsDuplicate, "1 to %d pieces of entropy, not %d", wire.MaxEntropyPieces, pieces)
	}
	if entropy.Len() != wire.EntropySize {
		return refuse(wire.InsDuplicate, "a piece of entropy has %d bytes, not %d", wire.EntropySize, entropy.Len())
	}
	return s.doEmpty(ctx, wire.DuplicateStartCommand(byte(pieces), entropy))
}

// DuplicateAddEntropy adds a piece of entropy, 32 bytes: two commands with a SELECT, without pairing or PIN. It ends an
// open session, because the card reuses its channel's key for this command. The same piece twice cancels itself out,
// and a piece whose answer was lost may or may not count: begin again.
func (c *Card) DuplicateAddEntropy(ctx context.Context, entropy secret.Bytes) error {
	if entropy.Len() != wire.EntropySize {
		return refuse(wire.InsDuplicate, "a piece of entropy has %d bytes, not %d", wire.EntropySize, entropy.Len())
	}
	if err := c.refresh(ctx); err != nil {
		return err
	}
	if !c.info.Initialized {
		return failure(wire.InsDuplicate, card.ErrConditions, errNotInitialised)
	}
	if err := supports(wire.InsDuplicate, c.info.Version); err != nil {
		return err
	}
	sealed, err := c.sealOneShot(entropy)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, wire.DuplicateEntropyCommand(sealed))
	c.stale = true // the key of the one-shot command has taken the place of the channel's
	return err
}

// DuplicateExport returns the card's key, encrypted under the entropy of all pieces, for DuplicateImport: 96 bytes, or
// 64 for a key without chain code. Needs the PIN and all the pieces (card.ErrConditions); it works once. Cards from 2.0
// to 2.2 return 160 or 128 bytes, which they cannot import themselves.
func (s *Session) DuplicateExport(ctx context.Context) ([]byte, error) {
	blob, err := s.do(ctx, wire.DuplicateExportCommand())
	if err != nil {
		return nil, err
	}
	if err := wire.CheckDuplicate(blob); err != nil {
		return nil, bad(wire.InsDuplicate, err)
	}
	return blob, nil
}

// DuplicateImport loads the key that another card has exported. Needs the PIN and all the pieces; it works once,
// also when it fails. Compare the key UID with that of the source card: nothing else proves success.
func (s *Session) DuplicateImport(ctx context.Context, blob []byte) (KeyUID, error) {
	if err := wire.CheckDuplicate(blob); err != nil {
		return KeyUID{}, failure(wire.InsDuplicate, card.ErrWrongData, err)
	}
	cmd := wire.DuplicateImportCommand(append([]byte(nil), blob...))
	return s.newKey(ctx, cmd)
}
