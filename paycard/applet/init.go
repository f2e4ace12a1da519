package applet

import (
	"bytes"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// initialize gives the card its PIN, PUK and pairing secret, once, and makes its keys (Keycard seed, INIT). The payload
// has Keycard's 50 bytes.
func (c *call) initialize() ([]byte, iso7816.Status) {
	p, sw := c.initPayload()
	if sw != iso7816.OK {
		return nil, sw
	}
	pay, sw := c.newKey()
	if sw != iso7816.OK {
		return nil, sw
	}
	blind, sw := c.newKey()
	if sw != iso7816.OK {
		return nil, sw
	}
	return nil, c.commit("initialize", func(s *state) {
		s.Initialized = true
		s.PIN, s.PUK, s.Token = reveal(p.PIN.Bytes), reveal(p.PUK.Bytes), reveal(p.Token)
		s.PINTries, s.PUKTries = channel.DefaultPINTries, channel.DefaultPUKTries
		s.PayPrivate, s.Address = stored(pay)
		s.BlindPrivate, s.BlindAddress = stored(blind)
	})
}

// initPayload decrypts what INIT brought.
func (c *call) initPayload() (p channel.InitPayload, sw iso7816.Status) {
	pub, iv, ciphertext, err := channel.ParseOneShot(c.cmd.Data)
	if err != nil {
		return p, iso7816.WrongData
	}
	key, err := channel.ChannelKeyFrom([channel.PrivateKeySize]byte(c.state().ChannelPrivate))
	if err != nil {
		return p, iso7816.Internal
	}
	agreed, err := key.Agree(pub)
	if err != nil {
		return p, iso7816.WrongData
	}
	defer clear(agreed[:])
	payload, err := channel.OpenOneShot(agreed[:], iv, ciphertext)
	if err != nil {
		return p, iso7816.WrongData
	}
	defer clear(payload)
	if p, err = channel.ParseInitPayload(payload, channel.V2_0); err != nil {
		return p, iso7816.WrongData
	}
	return p, iso7816.OK
}

// newKey makes a key pair on the card, from 32 bytes of its random source.
func (c *call) newKey() (*secp256k1.PrivateKey, iso7816.Status) {
	_, private, err := channel.NewChannelKey(c.a.env.Rand)
	if err != nil {
		return nil, iso7816.Internal
	}
	defer clear(private[:])
	return secp256k1.PrivKeyFromBytes(private[:]), iso7816.OK
}

func stored(k *secp256k1.PrivateKey) (private, address []byte) {
	a := wire.AddressOf(k.PubKey())
	return k.Serialize(), a[:]
}

// reveal copies a secret into the card's memory.
func reveal(s secret.Bytes) (b []byte) {
	s.Reveal(func(x []byte) { b = bytes.Clone(x) })
	return b
}

// factoryReset makes the card as it was before INIT (PROTOCOL.md, FACTORY RESET). Unlike Keycard's it wants the PIN:
// this card is put into the hands of strangers. An owner who has lost PIN and PUK blocks both first.
func (c *call) factoryReset() ([]byte, iso7816.Status) {
	if c.cmd.P1 != channel.ResetP1 || c.cmd.P2 != channel.ResetP2 {
		return nil, iso7816.WrongP1P2
	}
	if s := c.state(); !c.v.verified && (s.PINTries > 0 || s.PUKTries > 0) {
		return nil, iso7816.ConditionsNotSatisfied
	}
	fresh, err := c.a.blank()
	if err != nil {
		return nil, iso7816.Internal
	}
	sw := c.commit("factory reset", func(s *state) { *s = fresh })
	if sw == iso7816.OK {
		c.v.Close()
		*c.v = session{}
	}
	return nil, sw
}
