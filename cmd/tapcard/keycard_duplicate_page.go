package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/internal/entropypage"
	"tapcard.example/keycard/duplicate"
)

// pagePatience is how long a press of the button waits for a card.
const pagePatience = time.Minute

// pageResult says where the page is.
type pageResult struct {
	URL string `json:"url"`
}

// Text prints it for people.
func (r pageResult) Text(w io.Writer) { fmt.Fprintln(w, r.URL) }

// servePage lets somebody add entropy with a browser: on this computer, until all cards are done.
func (h *helper) servePage(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p, err := entropypage.New(rand.Reader, h.want, h.ask, h.press)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	h.Say("open this page in a browser on this computer; it ends when all cards are done, or with Ctrl-C")
	if err := h.Print(pageResult{p.URL(l)}); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := errors.Join(p.Serve(ctx, l), h.Spoilt()); err != nil {
		return h.incomplete(err)
	}
	return h.thanks()
}

// press waits for a card and adds the entropy.
func (h *helper) press(ctx context.Context) entropypage.Result {
	h.taps.giveAnotherChance()
	waiting, cancel := context.WithTimeoutCause(ctx, pagePatience, card.ErrNoCard)
	defer cancel()
	t, err := h.taps.next(waiting, h.ask())
	if err != nil {
		return entropypage.Result{State: entropypage.Refused, Text: "It did not work: " + plainWords(err)}
	}
	defer t.close()
	err = h.add(ctx, t)
	r := entropypage.Result{State: entropypage.Refused, Card: cli.Printable(h.cardName(t.card))}
	switch {
	case err == nil:
		r.State = entropypage.Added
	case errors.Is(err, duplicate.ErrSpoilt):
		r.State = entropypage.Spoilt
	default:
		h.taps.refused[t.reader] = true
	}
	r.Text = r.Card + ": " + plainWords(err)
	return r
}

// plainWords explains an error to somebody who has never seen a smart card.
func plainWords(err error) string {
	for _, row := range []struct {
		kind error
		text string
	}{
		{nil, ""},
		{duplicate.ErrSpoilt, "the card left too soon, and nobody can know whether it has taken the number."},
		{duplicate.ErrSameCard, "this card has the number already. Take the next one."},
		{duplicate.ErrPiecesMissing, "this card waits for nothing. Its owner has to begin on it first."},
		{card.ErrRemoved, "the card left too soon, before anything happened. Try again."},
		{card.ErrNoCard, "no card was put on the reader."},
	} {
		if errors.Is(err, row.kind) {
			return row.text
		}
	}
	return cli.Printable(oneLine(err)) + "."
}
