package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/transport/loopback"
	"tapcard.example/transport/pcsc"
)

// tapPatience is how long a command that wants several cards waits for the next one: it may have to be fetched.
const tapPatience = 5 * time.Minute

// taps hands out one card after the other, each with its host C: as they are put on any reader, or from the files of
// --tap.
type taps[C any] struct {
	*app
	choose func(context.Context, *card.Channel) (C, error) // selects the card on a channel
	name   func(C) string                                  // what the user calls it
	files  []string                                        // software cards in their order; empty for readers
	count  int                                             // of cards handed out

	pc      *pcsc.Context
	readers []pcsc.Reader
	dealt   map[string]pcsc.Reader // by reader: the card in there has had its turn
	refused map[string]bool        // by reader: that turn came too early, or to nothing
	last    string                 // reader of the last turn
	lying   map[string]pcsc.Reader // by reader: the card that has stayed there gets one more turn
}

// tap is one card in the field.
type tap[C any] struct {
	card    C
	reader  string
	closers []io.Closer
}

// keycardTaps hands out Keycards.
type keycardTaps = taps[*keycard.Card]

// keycardTap is a Keycard in the field.
type keycardTap = tap[*keycard.Card]

// close lets go of the card.
func (t *tap[C]) close() {
	for i := len(t.closers) - 1; i >= 0; i-- {
		t.closers[i].Close()
	}
}

// keycardTaps begins with the first Keycard again.
func (a *app) keycardTaps(k *keycardFlags, files []string) *keycardTaps {
	o := keycard.Options{SpendLastTry: k.lastTry, Instance: k.instance}
	return newTaps(a, files, o.Select, a.cardName)
}

// newTaps begins with the first card.
func newTaps[C any](a *app, files []string, choose func(context.Context, *card.Channel) (C, error), name func(C) string) *taps[C] {
	if len(files) == 0 && a.cardFile != "" {
		files = []string{a.cardFile}
	}
	return &taps[C]{app: a, choose: choose, name: name, files: files, dealt: map[string]pcsc.Reader{}, refused: map[string]bool{},
		lying: map[string]pcsc.Reader{}}
}

// each deals with cards until want of them are done; ask says which one comes next. On a reader, a card that is not
// the right one, or that leaves too soon, only costs a word; files are trusted to be in order.
func (t *taps[C]) each(ctx context.Context, want int, ask func() string, deal func(*tap[C]) error) error {
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
			if !t.dealt[tap.reader].SameCard(t.lying[tap.reader]) {
				t.Say("%s: %v", cli.Printable(t.name(tap.card)), oneLine(err))
			}
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
func (t *taps[C]) giveAnotherChance() {
	for reader := range t.refused {
		delete(t.dealt, reader)
	}
	clear(t.refused)
}

// giveOthersAnotherTurn lets all cards come again that lie on other readers than the one used last. If it is not their
// turn, nothing is said: nobody has just put them there.
func (t *taps[C]) giveOthersAnotherTurn() {
	for name, reader := range t.dealt {
		if name != t.last {
			t.lying[name] = reader
			delete(t.dealt, name)
		}
	}
}

// next waits for the next card.
func (t *taps[C]) next(ctx context.Context, ask string) (*tap[C], error) {
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
			t.Say("%s", ask)
		}
		asked = true
		if err := t.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// freshTap connects to the first card that has not had its turn. A card of another kind, or one that is gone again,
// is worth a word and no more.
func (t *taps[C]) freshTap(ctx context.Context) *tap[C] {
	for _, r := range t.readers {
		if !t.fresh(r) {
			continue
		}
		t.dealt[r.Name], t.last = r, r.Name
		link, err := t.pc.Connect(ctx, r.Name)
		var found *tap[C]
		if err == nil {
			found, err = t.open(ctx, link)
		}
		if err == nil {
			return found
		}
		t.Say("%s: %v", cli.Printable(r.Name), oneLine(err))
	}
	return nil
}

func (t *taps[C]) nextFile(ctx context.Context, ask string) (*tap[C], error) {
	if t.count == len(t.files) {
		return nil, cli.UsageError{Err: fmt.Errorf("no card is left for: %s", ask)}
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
func (t *taps[C]) open(ctx context.Context, link card.Link) (*tap[C], error) {
	file := t.traceTo
	if t.count++; file != "" && t.count > 1 {
		file = fmt.Sprintf("%s.%d", t.traceTo, t.count)
	}
	found := &tap[C]{reader: link.Info().Reader}
	ch, closers, err := traced(link, file)
	found.closers = closers
	if err == nil {
		found.card, err = t.choose(ctx, ch)
	}
	if err != nil {
		found.close()
		return nil, err
	}
	return found, nil
}

// look sees what is in the readers, the first time.
func (t *taps[C]) look(ctx context.Context) (err error) {
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
func (t *taps[C]) wait(ctx context.Context) (err error) {
	if t.readers, err = t.pc.WaitChange(ctx, t.readers); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
	}
	return err
}

// fresh says that there is a card in a reader that has not had its turn.
func (t *taps[C]) fresh(r pcsc.Reader) bool {
	before, dealt := t.dealt[r.Name]
	fits := strings.Contains(strings.ToLower(r.Name), strings.ToLower(t.reader))
	return fits && r.Present && !(dealt && r.SameCard(before))
}
