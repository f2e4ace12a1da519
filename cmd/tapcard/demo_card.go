package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"tapcard.example/card"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
	"tapcard.example/transport/vpcd"
)

// removeAll is a folder that is removed when the command ends.
type removeAll string

// Close removes the folder and what is in it.
func (r removeAll) Close() error { return os.RemoveAll(string(r)) }

// insert makes the card and puts it into the reader of scripts/in-reader, or, without one, keeps it in this process.
func (d *demo) insert(path string) error {
	f, err := applet.CreateFile(path, applet.FileSettings{Profile: "2.3"})
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if os.Getenv("TAPCARD_PCSCD") == "" {
		d.cardFile = path
		d.ch, err = d.connect(d.ctx, card.Wanted{Name: "Keycard"})
		d.said = "in this process, because there is no private pcscd (make demo starts one)"
		return err
	}
	c, err := openVirtual(path)
	if err != nil {
		return err
	}
	d.atEnd(c.file)
	ctx, stop := context.WithCancel(d.ctx)
	served := make(chan error, 1)
	go func() { served <- vpcd.Serve(ctx, vpcd.FirstSlot, c) }()
	d.atEnd(ender(func() error { stop(); return <-served }))
	if d.ch, err = d.findCard(); err != nil {
		return err
	}
	d.said = fmt.Sprintf("pcscd %s, reader %q, ATR %X", os.Getenv("TAPCARD_PCSCD_VERSION"), d.ch.Info().Reader, d.ch.Info().ATR)
	return nil
}

// findCard waits until pcscd has noticed the card, and connects to it as to any other.
func (d *demo) findCard() (*card.Channel, error) {
	ctx, cancel := context.WithTimeoutCause(d.ctx, 10*time.Second, card.ErrNoCard)
	defer cancel()
	return d.connect(ctx, card.Wanted{Name: "Keycard", AIDs: [][]byte{wire.KeycardAID(1)}})
}

// ender is a function that runs when the command ends.
type ender func() error

// Close runs it.
func (e ender) Close() error { return e() }

// randomDigits makes a code of n digits, each equally likely.
func randomDigits(n int) (secret.PIN, error) {
	digits := make([]byte, 0, n)
	for len(digits) < n {
		var b [1]byte
		if _, err := rand.Read(b[:]); err != nil {
			return secret.PIN{}, err
		}
		if b[0] < 250 { // 250 is the last multiple of ten: above it low digits would be more likely
			digits = append(digits, '0'+b[0]%10)
		}
	}
	return secret.NewPIN(digits, n)
}
