package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tapcard.example/card"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/transport/loopback"
	"tapcard.example/transport/pcsc"
)

// tapPatience is how long a command that wants several cards waits for the next one: it may have to be fetched.
const tapPatience = 5 * time.Minute

// taps hands out one Keycard after the other: as they are put on any reader, or from the files of --tap.
type taps struct {
	*app
	k     *keycardFlags
	files []string // software cards in their order; empty for readers
	count int      // of cards handed out

	pc      *pcsc.Context
	readers []pcsc.Reader
	dealt   map[string]pcsc.Reader // by reader: the card in there has had its turn
	refused map[string]bool        // by reader: that turn came too early, or to nothing
}

// tap is one card in the field.
type tap struct {
	*keycard.Card
	reader  string
	closers []io.Closer
}

// close lets go of the card.
func (t *tap) close() {
	for i := len(t.closers) - 1; i >= 0; i-- {
		t.closers[i].Close()
	}
}

// taps begins with the first card again.
func (a *app) taps(k *keycardFlags, files []string) *taps {
	if len(files) == 0 && a.cardFile != "" {
		files = []string{a.cardFile}
	}
	return &taps{app: a, k: k, files: files, dealt: map[string]pcsc.Reader{}, refused: map[string]bool{}}
}

// each deals with cards until want of them are done; ask says which one comes next. On a reader, a card that is not
// the right one, or that leaves too soon, only costs a word; files are trusted to be in order.
func (t *taps) each(ctx context.Context, want int, ask func() string, deal func(*tap) error) error {
	for done := 0; done < want; {
		tap, err := t.next(ctx, ask())
		if err != nil {
			return err
		}
		err = deal(tap)
		tap.close()
		switch {
		case err == nil:
			done++
			t.giveAnotherChance()
		case len(t.files) == 0 && ctx.Err() == nil && anotherCard(err):
			t.refused[tap.reader] = true
			t.say("%s: %v", printable(t.cardName(tap.Card)), oneLine(err))
		default:
			return err
		}
	}
	return nil
}

// anotherCard says that an error is about this card at this moment: another one, or the same once more, may do.
func anotherCard(err error) bool {
	if errors.Is(err, duplicate.ErrSpoilt) {
		return false
	}
	for _, kind := range []error{card.ErrCardMismatch, card.ErrRemoved, card.ErrReset, duplicate.ErrLost,
		duplicate.ErrEmpty, duplicate.ErrNoKey, duplicate.ErrHoldsKey, duplicate.ErrAlreadyCopy, duplicate.ErrPiecesMissing} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// giveAnotherChance lets cards that were refused come again without being taken out: their time may have come now.
func (t *taps) giveAnotherChance() {
	for reader := range t.refused {
		delete(t.dealt, reader)
	}
	clear(t.refused)
}

// next waits for the next card.
func (t *taps) next(ctx context.Context, ask string) (*tap, error) {
	if len(t.files) > 0 {
		return t.nextFile(ctx, ask)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, tapPatience, card.ErrNoCard)
	defer cancel()
	for asked := false; ; {
		if err := t.look(ctx); err != nil {
			return nil, err
		}
		if tap := t.freshTap(ctx); tap != nil {
			return tap, nil
		}
		if !asked {
			t.say("%s", ask)
		}
		asked = true
		if err := t.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// freshTap connects to the first card that has not had its turn. A card that is no Keycard, or that is gone again, is
// worth a word and no more.
func (t *taps) freshTap(ctx context.Context) *tap {
	for _, r := range t.readers {
		if !t.fresh(r) {
			continue
		}
		t.dealt[r.Name] = r
		link, err := t.pc.Connect(ctx, r.Name)
		var found *tap
		if err == nil {
			found, err = t.open(ctx, link)
		}
		if err == nil {
			return found
		}
		t.say("%s: %v", printable(r.Name), oneLine(err))
	}
	return nil
}

func (t *taps) nextFile(ctx context.Context, ask string) (*tap, error) {
	if t.count == len(t.files) {
		return nil, usageError{fmt.Errorf("no card is left for: %s", ask)}
	}
	file := t.files[t.count]
	c, err := openVirtual(file)
	if err != nil {
		return nil, err
	}
	tap, err := t.open(ctx, loopback.Connect(c.Card, "software card "+file))
	if err != nil {
		return nil, errors.Join(err, c.file.Close())
	}
	tap.closers = append([]io.Closer{c.file}, tap.closers...)
	return tap, nil
}

// open selects the Keycard on a link.
func (t *taps) open(ctx context.Context, link card.Link) (*tap, error) {
	file := t.traceTo
	if t.count++; file != "" && t.count > 1 {
		file = fmt.Sprintf("%s.%d", t.traceTo, t.count)
	}
	tap := &tap{reader: link.Info().Reader}
	ch, closers, err := traced(link, file)
	tap.closers = closers
	if err == nil {
		tap.Card, err = keycard.Options{SpendLastTry: t.k.lastTry, Instance: t.k.instance}.Select(ctx, ch)
	}
	if err != nil {
		tap.close()
		return nil, err
	}
	return tap, nil
}

// look sees what is in the readers, the first time.
func (t *taps) look(ctx context.Context) (err error) {
	if t.pc == nil {
		if t.pc, err = pcsc.Open(); err != nil {
			return err
		}
		if t.readers, err = t.pc.Readers(ctx); err != nil {
			return err
		}
	}
	if len(t.readers) == 0 {
		return card.ErrNoReader
	}
	return nil
}

// wait waits until anything changes at the readers.
func (t *taps) wait(ctx context.Context) (err error) {
	if t.readers, err = t.pc.WaitChange(ctx, t.readers); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
	}
	return err
}

// fresh says that there is a card in a reader that has not had its turn.
func (t *taps) fresh(r pcsc.Reader) bool {
	before, dealt := t.dealt[r.Name]
	fits := strings.Contains(strings.ToLower(r.Name), strings.ToLower(t.reader))
	return fits && r.Present && !(dealt && r.SameCard(before))
}
