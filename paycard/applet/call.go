package applet

import (
	"context"
	"io"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
)

// call is one command on its way through the applet.
type call struct {
	a     *Applet
	power context.Context // ends with the power: one for each power-up
	v     *session
	cmd   iso7816.Command // in the clear once it is unwrapped
}

// arrival says how a command comes in.
type arrival int

const (
	plain  arrival = iota // never wrapped
	inside                // wrapped; 6985 without a channel
	either                // wrapped when a channel is open, bare otherwise
)

// handler is how the applet serves one instruction.
type handler struct {
	run     func(*call) ([]byte, iso7816.Status)
	arrives arrival
	pin     bool // 6985 unless the PIN was verified
	opens   bool // is wrapped before the channel counts as open
}

var handlers = map[byte]handler{
	channel.InsInit:         {run: (*call).initialize},
	channel.InsOpen:         {run: (*call).openChannel},
	channel.InsMutual:       {run: (*call).mutuallyAuthenticate, arrives: inside, opens: true},
	channel.InsPair:         {run: (*call).pair},
	channel.InsUnpair:       {run: (*call).unpair, arrives: inside, pin: true},
	channel.InsVerifyPIN:    {run: (*call).verifyPIN, arrives: inside},
	channel.InsChangePIN:    {run: (*call).changePIN, arrives: inside, pin: true},
	channel.InsUnblockPIN:   {run: (*call).unblockPIN, arrives: inside},
	channel.InsFactoryReset: {run: (*call).factoryReset, arrives: either},
	wire.InsSetGuards:       {run: (*call).setGuards, arrives: inside, pin: true},
	wire.InsSetProfile:      {run: (*call).setProfile, arrives: inside, pin: true},
	wire.InsRefill:          {run: (*call).refill, arrives: inside, pin: true},
	wire.InsSetService:      {run: (*call).setService, arrives: inside, pin: true},
	wire.InsSetTime:         {run: (*call).setTime, arrives: inside, pin: true},
	wire.InsSwitch:          {run: (*call).switchPayments, arrives: inside, pin: true},
	wire.InsBind:            {run: (*call).bind, arrives: inside, pin: true},
	wire.InsReadLog:         {run: (*call).readLog, arrives: inside, pin: true},
	wire.InsMandate:         {run: (*call).mandate, arrives: inside, pin: true},
	wire.InsGetStatus:       {run: (*call).getStatus, arrives: inside},
	wire.InsChallenge:       {run: (*call).challenge},
	wire.InsPay:             {run: (*call).pay},
	wire.InsSignHash:        {run: (*call).signHash},
}

// serve finds the command's handler and brings the command to it and the answer back: plain, or through the channel.
func (c *call) serve() iso7816.Response {
	if c.cmd.CLA&^0x13 == 0 && c.cmd.INS == iso7816.InsSelect && c.cmd.P1 == 0x04 {
		return answer(c.selectApplet())
	}
	if len(c.cmd.Data) > iso7816.MaxShortData {
		return answer(nil, iso7816.WrongLength)
	}
	h, ok := handlers[c.cmd.INS]
	if !ok || c.state().Initialized == (c.cmd.INS == channel.InsInit) {
		return answer(nil, iso7816.InsNotSupported)
	}
	if h.arrives == plain || h.arrives == either && !c.v.open {
		return answer(h.run(c))
	}
	if !c.v.open && (!h.opens || c.v.channel == nil) {
		return answer(nil, iso7816.ConditionsNotSatisfied)
	}
	return c.inChannel(h)
}

// inChannel unwraps the command, runs it and wraps the answer. A command that does not unwrap ends the channel, and
// that answer alone is bare (Keycard, "Encrypted APDUs").
func (c *call) inChannel(h handler) iso7816.Response {
	cmd, err := c.v.channel.UnwrapCommand(c.cmd)
	if err != nil {
		c.v.closeChannel()
		return answer(nil, iso7816.SecurityNotSatisfied)
	}
	c.cmd = cmd
	r := iso7816.Response{SW: iso7816.ConditionsNotSatisfied}
	if !h.pin || c.v.verified {
		r = answer(h.run(c))
	}
	if c.v.channel == nil { // the command itself ended the channel
		return r
	}
	wrapped, err := c.v.channel.WrapResponse(r)
	if err != nil {
		c.v.closeChannel()
		return answer(nil, iso7816.SecurityNotSatisfied)
	}
	return wrapped
}

func answer(data []byte, sw iso7816.Status) iso7816.Response {
	if sw != iso7816.OK {
		data = nil
	}
	return iso7816.Response{Data: data, SW: sw}
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

// random reads n bytes from the card's random source.
func (c *call) random(n int) ([]byte, iso7816.Status) {
	b := make([]byte, n)
	if _, err := io.ReadFull(c.a.env.Rand, b); err != nil {
		return nil, iso7816.Internal
	}
	return b, iso7816.OK
}
