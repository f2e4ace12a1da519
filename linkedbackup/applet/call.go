package applet

import (
	"errors"
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// call is one command on its way through the applet.
type call struct {
	a       *Applet
	v       *session
	cmd     iso7816.Command // as it came, and in the clear once it is unwrapped
	wrapped bool
}

// serve brings the command to its handler and the answer back: bare, or through the channel.
func (c *call) serve() iso7816.Response {
	switch {
	case c.cmd.INS == iso7816.InsSelect && c.cmd.CLA&^0x03 == 0:
		return c.selectApplet()
	case c.cmd.CLA == wire.ClassBare:
		return c.run()
	case c.cmd.CLA != wire.ClassChannel:
		return iso7816.Response{SW: iso7816.ClaNotSupported}
	}
	cmd, err := c.v.channel.UnwrapCommand(c.cmd)
	if err != nil {
		c.v.closeChannel()
		return iso7816.Response{SW: iso7816.SecurityNotSatisfied}
	}
	c.cmd, c.wrapped = cmd, true
	answer, err := c.v.channel.WrapResponse(c.run())
	if err != nil {
		c.v.closeChannel()
		return iso7816.Response{SW: iso7816.SecurityNotSatisfied}
	}
	return answer
}

// run runs the command; a refusal becomes its status word. It comes alone, except that those of a code say how long to
// wait: an answer whose commit failed must not get out.
func (c *call) run() iso7816.Response {
	h, err := c.find()
	if err != nil {
		return iso7816.Response{SW: wire.Status(err)}
	}
	data, err := h.run(c)
	if err != nil && !errors.Is(err, wire.ErrWrongCode) && !errors.Is(err, wire.ErrWait) {
		data = nil
	}
	return iso7816.Response{Data: data, SW: wire.Status(err)}
}

// find looks the command up and checks what must have happened before.
func (c *call) find() (handler, error) {
	spec, known := wire.Lookup(c.cmd.INS)
	h, served := handlers[c.cmd.INS]
	switch {
	case !known || !served:
		return h, wire.ErrUnknownINS
	case c.state().life() == wire.Blank && c.cmd.INS != wire.InsPersonalize:
		return h, wire.ErrBlank
	case spec.Needs >= wire.InChannel && !c.wrapped, spec.Needs == wire.Code && !c.v.verified:
		return h, wire.ErrAuth
	case c.cmd.P2 != 0 || c.cmd.P1 != 0 && !h.p1:
		return h, wire.ErrParameters
	}
	return h, nil
}

// state is the persistent state as it is now. It is not for changing; commit does that.
func (c *call) state() *state { return c.a.cell.View() }

// commit changes the persistent state, atomically. When it cannot be stored nothing has changed: ErrInternal.
func (c *call) commit(why string, change func(*state)) error {
	err := c.a.cell.Update(why, func(s *state) error {
		change(s)
		return nil
	})
	if err != nil {
		return wire.ErrInternal
	}
	return nil
}

func (c *call) now() time.Time { return c.a.env.Now() }
