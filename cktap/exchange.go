package cktap

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// maxUnlucky is how often bad luck is tried again. A card that signs says 205 once in eight times, so this many in a
// row happen once in 2⁴⁸ signatures.
const maxUnlucky = 16

// errUnselected means that the card has lost its power, or was exchanged: it acted on nothing.
var errUnselected = errors.New("the card was not selected")

// exchange sends a command and returns the answer's body. build makes the command for the nonce now in force; it is
// called again only when that nonce has changed, so bad luck is answered by the same bytes.
func (c *Card) exchange(ctx context.Context, name string, build func() (iso7816.Command, error)) ([]byte, error) {
	var cmd iso7816.Command
	var reselected, waited bool
	for unlucky, rebuild := 0, true; ; {
		if rebuild {
			var err error
			if cmd, err = c.prepare(ctx, build); err != nil {
				return nil, failed(name, err)
			}
		}
		before := c.nonce
		body, err := c.transmit(ctx, name, cmd)
		switch {
		case errors.Is(err, errUnselected) && !reselected:
			reselected, rebuild = true, true
			if err := c.reselect(ctx); err != nil {
				return nil, err
			}
			continue
		case code(err) == wire.CodeUnlucky && unlucky < maxUnlucky:
			unlucky++
			rebuild = c.stale || c.nonce != before
			continue
		case code(err) == wire.CodeUnlucky:
			return nil, failure(name, card.ErrInternal, fmt.Errorf("%w: %w", ErrUnlucky, err))
		case code(err) == wire.CodeRateLimited && c.opts.Countdown != nil && !waited:
			waited, rebuild = true, true
			if err := c.waitOut(ctx); err != nil {
				return nil, err
			}
			continue
		}
		return body, err
	}
}

// prepare makes the command, with a nonce that is in force.
func (c *Card) prepare(ctx context.Context, build func() (iso7816.Command, error)) (iso7816.Command, error) {
	if err := c.current(ctx); err != nil {
		return iso7816.Command{}, err
	}
	return build()
}

// failed names the command in an error that does not name one.
func failed(name string, err error) error {
	var known *card.Error
	if errors.As(err, &known) {
		return err
	}
	return failure(name, card.ErrWrongData, err)
}

// transmit sends one command once, and follows the nonce.
func (c *Card) transmit(ctx context.Context, name string, cmd iso7816.Command) ([]byte, error) {
	r, err := c.ch.Send(ctx, name, cmd)
	switch {
	case err != nil:
		return nil, err
	case r.SW == iso7816.InsNotSupported:
		return nil, &card.Error{Op: name, SW: r.SW, Kind: card.ErrReset, Err: errUnselected}
	case r.SW != iso7816.OK:
		return nil, &card.Error{Op: name, SW: r.SW, Kind: card.ErrUnexpectedSW}
	}
	err = wire.ParseError(r.Data)
	var e *wire.CardError
	if err != nil && !errors.As(err, &e) {
		c.stale = true
		return nil, bad(name, err)
	}
	if err := c.follow(name, r.Data, e); err != nil {
		return nil, err
	}
	if e != nil {
		return nil, refused(name, e)
	}
	return r.Data, nil
}

// follow finds out which nonce is in force after an answer: the one it carries. Without one it is the same as before,
// but for commands that spend it, and for the errors of the first firmware, which spend it silently.
func (c *Card) follow(name string, body []byte, e *wire.CardError) error {
	if n, ok := wire.NextNonce(body); ok {
		return c.adopt(name, n)
	}
	spec, _ := wire.Lookup(name)
	switch {
	case e != nil:
		c.stale = c.stale || c.status.Version().Before(wire.V1_0_0)
	case spec.SetsNonce, name == wire.CmdXPub: // xpub spends it; the document shows no new one in its answer
		c.stale = true
	}
	return nil
}

// adopt makes n the nonce in force. A card draws each one anew, so one that was there before comes from a recording; of
// some commands a card need not change it.
func (c *Card) adopt(name string, n wire.Nonce) error {
	if _, before := c.seen[n]; before && !(n == c.nonce && keeps(name)) {
		c.stale = true
		return bad(name, ErrReplayed)
	}
	c.seen[n] = struct{}{}
	c.nonce, c.stale = n, false
	return nil
}

// keeps says that a card may answer a command without changing its nonce (observed with the emulator).
func keeps(name string) bool {
	switch name {
	case opSelect, wire.CmdStatus, wire.CmdDerive, wire.CmdCerts:
		return true
	}
	return false
}

// hostNonce draws the host's nonce for one command.
func (c *Card) hostNonce() ([]byte, error) {
	n, err := c.opts.random(wire.NonceSize)
	if err == nil && wire.WeakNonce(n) {
		err = errors.New("the random source is broken: it repeats one byte")
	}
	return n, err
}

// suspect explains an answer whose signature or key is not right: it asks for the status, and if another card answers,
// that is the reason.
func (c *Card) suspect(ctx context.Context, name string, detail error) error {
	err := c.Refresh(ctx)
	if errors.Is(err, card.ErrCardMismatch) {
		return err
	}
	return failure(name, card.ErrBadSignature, detail)
}
