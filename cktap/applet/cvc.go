package applet

import (
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// After the third wrong CVC, wait must run 15 times before each further one (Tap protocol, "Authentication Failures").
const (
	maxAttempts = 3
	delay       = 15
)

// enter lets a command in that needs the CVC. Its arguments come first, err and nonce as in open; then the proof: 403
// when there is none, 429 when the card is limited, 401 when it is wrong.
//
// A right CVC leaves one commit to do: finish, with whatever the command changes.
func (c *call) enter(err error, nonce []byte, auth wire.Auth) error {
	if err := c.open(err, nonce); err != nil {
		return err
	}
	c.entered = false
	if !auth.Given() {
		return c.missing(auth)
	}
	if err := c.prove(auth); err != nil {
		return err
	}
	c.entered = true
	return nil
}

// missing refuses a command without a whole proof.
func (c *call) missing(auth wire.Auth) error {
	if auth.Partial() && c.a.profile.HalfIsBadArguments {
		return refuse(wire.CodeBadArguments)
	}
	return refuse(wire.CodeNeedsAuth)
}

// prove compares the CVC. The attempt is stored before: whoever cuts the power then has lost it.
func (c *call) prove(auth wire.Auth) error {
	s := c.state()
	if s.Delay > 0 {
		return refuse(wire.CodeRateLimited)
	}
	session, err := wire.Accept(c.a.key, auth)
	if err != nil {
		return refuse(wire.CodeBadArguments)
	}
	c.session = session
	nonce, err := c.nonce()
	if err != nil {
		return err
	}
	if c.a.profile.FreeLengths && len(auth.MaskedCVC) != len(s.CVC) {
		return refuse(wire.CodeBadAuth)
	}
	if err := c.count(); err != nil {
		return err
	}
	given := session.CVC(auth, nonce, c.name)
	defer given.Destroy()
	if !given.Equal(secret.Copy(c.state().CVC)) {
		return refuse(wire.CodeBadAuth)
	}
	c.proven = true
	return nil
}

// count stores an attempt as if it were wrong; the third one brings the delay, and so does every one after it.
func (c *call) count() error {
	if c.a.profile.NoLimit {
		return nil
	}
	err := c.commit("count an attempt", func(s *state) {
		s.Attempts = min(s.Attempts+1, maxAttempts)
		if s.Attempts == maxAttempts {
			s.Delay = delay
		}
	})
	c.a.env.Store.Note("compare CVC")
	return err
}

// finish is the commit after a right CVC: it forgets wrong attempts and makes the command's change, which may be nil,
// both or neither.
func (c *call) finish(why string, change func(*state)) error {
	c.proven = false
	if c.a.profile.NoLimit && change == nil {
		return nil
	}
	return c.commit(why, func(s *state) {
		s.clearAttempts()
		if change != nil {
			change(s)
		}
	})
}

// deny ends a command that had the right CVC and is refused all the same.
func (c *call) deny(err error) error {
	if !c.proven {
		return err
	}
	if failed := c.finish("clear the attempts", nil); failed != nil {
		return failed
	}
	return err
}
