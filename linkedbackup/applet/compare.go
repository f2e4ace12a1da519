package applet

import (
	"time"

	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// compare compares an access code with the card's. The failure and its delay are stored first, so whoever cuts the
// power has spent the try; the caller's own commit calls forgive (PROTOCOL.md, The access code). A refusal comes with
// the seconds to wait.
func (c *call) compare(given secret.Bytes) ([]byte, error) {
	if c.state().Wallet == nil {
		return nil, wire.ErrNoKey
	}
	c.v.verified = false // a wrong code ends what a right one has begun
	if left := c.waitLeft(); left > 0 {
		if err := c.bank(); err != nil {
			return nil, err
		}
		return wire.AppendWait(nil, left), wire.ErrWait
	}
	err := c.commit("count a wrong code", func(s *state) {
		s.Failures++
		s.Remaining = wire.Delay(s.Failures)
	})
	if err != nil {
		return nil, err
	}
	c.v.since = c.now()
	c.a.env.Store.Note("compare the code")
	if !given.Equal(secret.Copy(c.state().Code)) {
		return wire.AppendWait(nil, c.state().Remaining), wire.ErrWrongCode
	}
	return nil, nil
}

// forgive is part of the commit that follows a right code.
func (s *state) forgive() { s.Failures, s.Remaining = 0, 0 }

// waitLeft is the powered time that is still missing before a code is compared.
func (c *call) waitLeft() time.Duration {
	return max(0, c.state().Remaining-c.powered())
}

// powered is the time since the card began to count; a clock that goes back counts nothing.
func (c *call) powered() time.Duration { return max(0, c.now().Sub(c.v.since)) }

// bank stores what was waited so far, so that the loss of power does not lose it. Less than a second is not worth a
// write.
func (c *call) bank() error {
	if c.state().Remaining == 0 || c.powered() < time.Second {
		return nil
	}
	left, now := c.waitLeft(), c.now()
	if err := c.commit("count powered time", func(s *state) { s.Remaining = left }); err != nil {
		return err
	}
	c.v.since = now
	return nil
}
