package duplicate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/keycard"
)

// ImportKey has a target take in the source's key (Keycard seed, IMPORT DUPLICATE) and compares the key UID that the
// target answers with the source's. Needs the target's PIN. Nothing else on the card changes: PIN, PUK, tries,
// pairings and instance UID stay; from 2.2 on there is no PIN-less path any more.
//
// A target that comes out with another key loses it at once: ErrWrongKey, and ErrSpoilt. ErrWrongPieces means that the
// card could not decrypt; it has kept what it had, and other targets may still succeed. ErrLost means that the answer
// was lost: present the card again, and it is found out what became of it. ErrSlotKept means that the copy is good.
// Other errors: ErrPiecesMissing, ErrSameCard, ErrNotInvolved, ErrWrongRole, ErrHoldsKey, ErrAlreadyCopy,
// ErrNoDuplicate, ErrEmpty.
func (d *CardDuplicator) ImportKey(ctx context.Context, c *keycard.Card, e *Export) error {
	r, err := d.mayImport(c, e)
	if err != nil {
		return err
	}
	s, err := d.unlock(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	if r.Finish == Begun && len(c.Info().KeyUID) > 0 {
		if over, err := d.lookAgain(ctx, s, e, r); over {
			return err
		}
	}
	err = d.note(c.UID(), func(n *CardRecord) { n.Role, n.Finish, n.before = Target, Begun, keyUID(c) })
	if err != nil {
		return err
	}
	var got keycard.KeyUID
	out, err := act(c, func() (err error) {
		got, err = s.DuplicateImport(ctx, e.blob)
		return err
	})
	switch out {
	case yes:
		return d.compare(ctx, s, got, e)
	case lost:
		return because(ErrLost, err)
	}
	return d.refused(c, r, out, err)
}

func (d *CardDuplicator) mayImport(c *keycard.Card, e *Export) (CardRecord, error) {
	if err := d.trusted(opImport); err != nil {
		return CardRecord{}, err
	}
	r, err := d.meet(opImport, c)
	switch {
	case err != nil:
		return r, err
	case r.Role == Source || c.UID() == e.source:
		return r, refuse(opImport, card.ErrCardMismatch, fmt.Errorf("%w: this is the source", ErrWrongRole))
	case r.Finish == Done:
		return r, refuse(opImport, card.ErrCardMismatch, ErrSameCard)
	case r.Finish == Failed:
		return r, refuse(opImport, card.ErrConditions, ErrWrongPieces)
	case r.Finish == Begun:
		return r, nil // an answer was lost: the card may hold anything
	case keyUID(c) == hex.EncodeToString(e.KeyUID[:]):
		return r, refuse(opImport, card.ErrConditions, ErrAlreadyCopy)
	case keyUID(c) == r.Replaces: // no key, or one that was given up when the session was started
		return r, nil
	}
	return r, d.mayTarget(opImport, c)
}

// lookAgain finds out what a card has done whose answer to IMPORT was lost: it holds the source's key, or still what it
// held before, in which case the import is not over, or something else, which is no key of anybody's.
func (d *CardDuplicator) lookAgain(ctx context.Context, s *keycard.Session, e *Export, r CardRecord) (
	over bool, err error) {
	same, err := holds(ctx, s, e.KeyUID)
	switch {
	case err != nil:
		return true, err
	case same:
		return true, d.compare(ctx, s, e.KeyUID, e)
	case keyUID(s.Card()) == r.before:
		return false, nil
	}
	return true, d.compare(ctx, s, keycard.KeyUID(s.Card().Info().KeyUID), e)
}

// refused sorts out why a target has not imported.
func (d *CardDuplicator) refused(c *keycard.Card, before CardRecord, out outcome, err error) error {
	to := func(s Step) error { return d.note(c.UID(), func(r *CardRecord) { r.Finish = s }) }
	switch {
	case out == no && before.Finish == Begun && errors.Is(err, card.ErrConditions):
		// The import whose answer was lost has failed: it has ended the session and brought no key.
		return errors.Join(because(ErrWrongPieces, err), to(Failed))
	case out == unsent, early(err):
		return errors.Join(explain(err), to(before.Finish))
	}
	return errors.Join(because(ErrWrongPieces, d.doubt(c, err)), to(Failed))
}

// doubt adds the likely reason where the version is one that cannot import.
func (d *CardDuplicator) doubt(c *keycard.Card, err error) error {
	if v := c.Info().Version; Doubtful(v) {
		return fmt.Errorf("%w; the original's %v never can", err, v)
	}
	return err
}

// compare ends an import: the target holds the source's key, or loses the one it got.
func (d *CardDuplicator) compare(ctx context.Context, s *keycard.Session, got keycard.KeyUID, e *Export) error {
	uid := s.Card().UID()
	if got == e.KeyUID {
		err := d.note(uid, func(r *CardRecord) { r.Finish = Done })
		return errors.Join(err, d.free(ctx, s))
	}
	err := fmt.Errorf("%w: %x… instead of %x…", ErrWrongKey, got[:4], e.KeyUID[:4])
	d.j.of(uid).Finish = Failed
	if removal := s.RemoveKey(ctx); removal != nil {
		err = fmt.Errorf("%w, and it is still there: remove it (%w)", err, removal)
	} else {
		err = fmt.Errorf("%w; it has been removed", err)
	}
	return d.spoil(uid, refuse(opImport, card.ErrCardMismatch, err))
}

// keyUID is the UID of the key on a card in hex, "" without one.
func keyUID(c *keycard.Card) string { return hex.EncodeToString(c.Info().KeyUID) }
