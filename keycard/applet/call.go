package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// call is one command on its way through the applet.
type call struct {
	a       *Applet
	v       *session
	cmd     iso7816.Command  // as it came, and in the clear once it is unwrapped
	plain   iso7816.Response // the answer in the clear
	wrapped bool
}

// serve finds the command's handler and brings the command to it and the answer back: plain, or through the channel.
func (c *call) serve() iso7816.Response {
	if isSelect(c.cmd) {
		return c.bare(c.selectApplet())
	}
	if len(c.cmd.Data) > iso7816.MaxShortData {
		return c.bare(nil, iso7816.WrongLength) // the card has no extended length
	}
	h, sw := c.find()
	if sw == iso7816.OK && h.early != nil {
		sw = h.early(c)
	}
	if sw != iso7816.OK {
		return c.reject(sw)
	}
	how := h.arrives
	if h.arrival != nil {
		how = h.arrival(c)
	}
	if how == plain || how == either && !c.v.open {
		return c.bare(c.run(h))
	}
	if !c.v.open && (!h.opens || c.v.channel == nil) {
		return c.bare(nil, iso7816.ConditionsNotSatisfied)
	}
	return c.inChannel(h)
}

// find looks the command up: in the table of commands for the version, then among the handlers. Before INIT there is
// only INIT, and IDENT from 3.1 on; after it INIT is gone (Keycard seed, INIT).
func (c *call) find() (handler, iso7816.Status) {
	spec, known := wire.Lookup(c.cmd.INS)
	h, served := handlers[c.cmd.INS]
	if !known || !served || !spec.Known(c.a.profile.Version) {
		return handler{}, iso7816.InsNotSupported
	}
	if !c.state().Initialized && !h.blank || c.state().Initialized && c.cmd.INS == wire.InsInit {
		return handler{}, iso7816.InsNotSupported
	}
	return h, iso7816.OK
}

// run checks the PIN where the command needs it, and runs the command.
func (c *call) run(h handler) ([]byte, iso7816.Status) {
	if h.pin && !c.v.verified {
		return nil, iso7816.ConditionsNotSatisfied
	}
	return h.run(c)
}

// inChannel unwraps the command, runs it and wraps the answer. A command that does not unwrap ends the channel, and
// that answer alone is bare (Keycard, "Encrypted APDUs").
func (c *call) inChannel(h handler) iso7816.Response {
	cmd, err := c.v.channel.UnwrapCommand(c.cmd)
	if err != nil {
		c.v.closeChannel()
		return c.bare(nil, iso7816.SecurityNotSatisfied)
	}
	c.cmd, c.wrapped = cmd, true
	data, sw := c.run(h)
	if c.v.channel == nil { // the command itself ended the channel
		return c.bare(data, sw)
	}
	c.plain = iso7816.Response{Data: data, SW: sw}
	answer, err := c.v.channel.WrapResponse(c.plain)
	if err != nil { // more than fits into a wrapped answer
		c.plain = iso7816.Response{SW: iso7816.Internal}
		answer, err = c.v.channel.WrapResponse(c.plain)
	}
	if err != nil {
		c.v.closeChannel()
		return c.bare(nil, iso7816.SecurityNotSatisfied)
	}
	return answer
}

// reject answers a command the applet has not looked into: in an open channel the error is encrypted under the MAC of
// the answer before (Keycard, observed in 2.0 to 3.1.2).
func (c *call) reject(sw iso7816.Status) iso7816.Response {
	if !c.v.open {
		return c.bare(nil, sw)
	}
	c.plain, c.wrapped = iso7816.Response{SW: sw}, true
	answer, err := c.v.channel.WrapEarly(c.plain)
	if err != nil {
		c.v.closeChannel()
		return c.bare(nil, iso7816.SecurityNotSatisfied)
	}
	return answer
}

// bare answers outside the channel.
func (c *call) bare(data []byte, sw iso7816.Status) iso7816.Response {
	c.plain, c.wrapped = iso7816.Response{Data: data, SW: sw}, false
	return c.plain
}

// state is the persistent state as it is now. It is not for changing; commit does that.
func (c *call) state() *state { return c.a.cell.View() }

// commit changes the persistent state, atomically. The status is 6F00 when it cannot be stored; then nothing changed.
func (c *call) commit(why string, change func(*state)) iso7816.Status {
	err := c.a.cell.Update(why, func(s *state) error {
		change(s)
		return nil
	})
	if err != nil {
		return iso7816.Internal
	}
	return iso7816.OK
}
