package keycard_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// fake is a card that answers whatever a test wants, in versions the applet has no profile for, too. It is real where
// the secure channel is concerned, so that lies reach the host inside it.
type fake struct {
	card.Link
	t       testing.TB
	info    wire.ApplicationInfo
	key     wire.ChannelKey
	channel *wire.Channel
	asked   int                                                // commands so far
	seen    []iso7816.Command                                  // inside the channel or plain, as the card reads them
	answer  func(cmd iso7816.Command) iso7816.Response         // inside the channel, or plain if there is none
	raw     func(cmd iso7816.Command, honest []byte) []byte    // what goes over the air, if set; honest for SELECT only
	open    func(cmd iso7816.Command) (iso7816.Response, bool) // instead of the channel's own commands, if set
}

// newFake is an initialised card of version v whose pairing in slot 0 has theSecret as its key.
func newFake(t testing.TB, v wire.Version) *fake {
	key, _, err := wire.NewChannelKey(rand.NewChaCha8([32]byte{3}))
	must(t, err)
	f := &fake{t: t, key: key}
	f.info = wire.ApplicationInfo{Initialized: true, InstanceUID: bytes.Repeat([]byte{0xD1}, 16),
		PublicKey: key.Public[:], Version: v, FreeSlots: 4, Capabilities: wire.DefaultCapabilities(v)}
	f.answer = func(iso7816.Command) iso7816.Response { return iso7816.Response{SW: iso7816.OK} }
	return f
}

func (f *fake) Reset(context.Context) error {
	f.channel = nil
	return nil
}

func (f *fake) Info() card.Info { return card.Info{Reader: "fake"} }

func (f *fake) Transmit(_ context.Context, raw []byte) ([]byte, error) {
	cmd, err := iso7816.ParseCommand(raw)
	if err != nil {
		f.t.Fatal(err)
	}
	if f.asked++; f.asked > 1000 {
		f.t.Fatal("the host does not stop asking")
	}
	if f.raw == nil {
		return f.serve(cmd).Bytes(), nil
	}
	if cmd.INS == iso7816.InsSelect {
		return f.raw(cmd, f.serve(cmd).Bytes()), nil
	}
	return f.raw(cmd, nil), nil
}

func (f *fake) serve(cmd iso7816.Command) iso7816.Response {
	if f.open != nil {
		if r, ok := f.open(cmd); ok {
			return r
		}
	}
	switch {
	case cmd.INS == iso7816.InsSelect:
		f.channel = nil
		return iso7816.Response{Data: f.info.Encode(), SW: iso7816.OK}
	case cmd.INS == wire.InsOpen:
		return f.openChannel(cmd)
	case f.channel == nil:
		f.seen = append(f.seen, cmd)
		return f.answer(cmd)
	}
	inner, err := f.channel.UnwrapCommand(cmd)
	if err != nil {
		return iso7816.Response{SW: iso7816.SecurityNotSatisfied}
	}
	f.seen = append(f.seen, inner)
	var r iso7816.Response
	if inner.INS == wire.InsMutual {
		r = iso7816.Response{Data: make([]byte, 32), SW: iso7816.OK}
	} else {
		r = f.answer(inner)
	}
	wrapped, err := f.channel.WrapResponse(r)
	if err != nil {
		f.t.Fatal(err)
	}
	return wrapped
}

func (f *fake) openChannel(cmd iso7816.Command) iso7816.Response {
	if cmd.P1 != 0 {
		return iso7816.Response{SW: iso7816.WrongP1P2}
	}
	ecdh, err := f.key.Agree(cmd.Data)
	must(f.t, err)
	var a wire.OpenAnswer
	theSecret().Reveal(func(key []byte) {
		f.channel = wire.NewChannel(wire.SessionKeys(ecdh[:], key, a.Salt[:]), a.IV)
	})
	return iso7816.Response{Data: a.Encode(), SW: iso7816.OK}
}

// session opens a channel to the fake.
func (f *fake) session(o keycard.Options) *keycard.Session {
	f.t.Helper()
	c, err := o.Select(context.Background(), card.NewChannel(f))
	must(f.t, err)
	s, err := c.Open(context.Background(), keycard.Pairing{Key: theSecret()})
	must(f.t, err)
	return s
}

// says makes the card answer everything with data and 9000.
func (f *fake) says(data []byte) {
	f.answer = func(iso7816.Command) iso7816.Response { return iso7816.Response{Data: data, SW: iso7816.OK} }
}

func token(b byte) secret.Bytes { return secret.New(bytes.Repeat([]byte{b}, 32)) }
