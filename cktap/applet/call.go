package applet

import (
	"errors"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// call is one command on its way through the applet.
type call struct {
	a       *Applet
	v       *session
	body    []byte
	name    string
	session wire.Session // with the CVC only
	proven  bool         // the CVC was given and right
	entered bool         // arguments and CVC were accepted
}

// answer is what a command says when it succeeds.
type answer interface{ Encode() ([]byte, error) }

// errInternal is a failure that is not the host's doing: memory or random source. The status word is 6F00.
var errInternal = errors.New("tap card applet: internal failure")

// refuse is an error of the protocol.
func refuse(code int) error { return &wire.CardError{Code: code} }

// handlers has a row for every command.
var handlers = map[string]func(*call) (answer, error){
	wire.CmdStatus: (*call).status,
	wire.CmdRead:   (*call).read,
	wire.CmdDerive: (*call).deriveKey,
	wire.CmdCerts:  (*call).certs,
	wire.CmdCheck:  (*call).check,
	wire.CmdNew:    (*call).newKey,
	wire.CmdNFC:    (*call).nfc,
	wire.CmdSign:   (*call).sign,
	wire.CmdWait:   (*call).wait,
	wire.CmdUnseal: (*call).unseal,
	wire.CmdDump:   (*call).dump,
	wire.CmdChange: (*call).change,
	wire.CmdXPub:   (*call).xpub,
	wire.CmdBackup: (*call).backup,
}

// serve looks at the APDU, and encodes what comes of it.
func (c *call) serve(cmd iso7816.Command) iso7816.Response {
	defer func() { c.session.Destroy() }()
	switch {
	case wire.IsSelect(cmd):
		c.name = wire.CmdStatus
		return c.respond(c.status())
	case cmd.INS != wire.InsTap || cmd.CLA != 0:
		return iso7816.Response{SW: iso7816.InsNotSupported}
	case cmd.P1 != 0 || cmd.P2 != 0:
		return iso7816.Response{SW: iso7816.WrongP1P2}
	case len(cmd.Data) > iso7816.MaxShortData:
		return iso7816.Response{SW: iso7816.WrongLength}
	}
	return c.respond(c.run())
}

// run finds the command and runs it.
func (c *call) run() (answer, error) {
	name, err := wire.ParseName(c.body)
	if err != nil {
		return nil, arguments(err)
	}
	c.name = name
	spec, ok := wire.Lookup(name)
	if !ok || spec.Security(c.a.product) == wire.SecurityAbsent || name == wire.CmdWait && c.a.profile.NoLimit {
		return nil, refuse(wire.CodeUnknownCommand)
	}
	a, err := handlers[name](c)
	if err != nil {
		return nil, c.deny(err)
	}
	return a, nil
}

// respond encodes an answer, or an error: in both cases the status word is 9000, unless the card itself failed.
func (c *call) respond(a answer, err error) iso7816.Response {
	var refusal *wire.CardError
	if errors.As(err, &refusal) {
		c.afterRefusal()
		a, err = wire.ErrorAnswer{Error: c.text(refusal.Code), Code: refusal.Code}, nil
	}
	if err != nil {
		return iso7816.Response{SW: iso7816.Internal}
	}
	body, err := a.Encode()
	if err != nil {
		return iso7816.Response{SW: iso7816.Internal}
	}
	if c.a.loose {
		body = loosen(body)
	}
	return iso7816.Response{Data: body, SW: iso7816.OK}
}

// afterRefusal changes the nonce, silently, where the firmware does so (Profile.ErrorsSpendNonce).
func (c *call) afterRefusal() {
	spec, ok := wire.Lookup(c.name)
	if ok && spec.SetsNonce && c.entered && c.a.profile.ErrorsSpendNonce {
		c.v.nonce = wire.Nonce{}
	}
}

// text is what the card says about an error code.
func (c *call) text(code int) string {
	if text, ok := c.a.profile.Texts[code]; ok {
		return text
	}
	m, _ := wire.CodeMeaning(code)
	return m.Card
}

// arguments turns the error of a parser into what a card answers: 422 for what is no CBOR, 400 for the rest.
func arguments(err error) error {
	if errors.Is(err, wire.ErrCBOR) {
		return refuse(wire.CodeBadCBOR)
	}
	return refuse(wire.CodeBadArguments)
}

// open lets a command in that needs no CVC; err is its parser's, nonce the host's, or nil if the command has none.
func (c *call) open(err error, nonce []byte) error {
	switch {
	case err != nil:
		return arguments(err)
	case wire.WeakNonce(nonce):
		return refuse(wire.CodeWeakNonce)
	}
	c.entered = true
	return nil
}

// state is the persistent state as it is now. It is not for changing; commit does that.
func (c *call) state() *state { return c.a.cell.View() }

// commit changes the persistent state, atomically; when it cannot be stored nothing has changed.
func (c *call) commit(why string, change func(*state)) error {
	err := c.a.cell.Update(why, func(s *state) error {
		change(s)
		return nil
	})
	if err != nil {
		return errInternal
	}
	return nil
}
