package applet

import (
	"context"
	"encoding/binary"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// Cash is the applet of small payments (Keycard 2.3 and later): a key of its own that signs for whoever holds the card,
// without channel or PIN. The key is made when it is first needed, 32 random bytes, and outlives FACTORY RESET. What
// SELECT says besides the key is set by STORE DATA of the Keycard applet. Cash implements softcard.Applet.
type Cash struct {
	keycard *Applet
	key     *leaf // once it was needed
}

// NewCash makes the Cash applet that goes with a.
func NewCash(a *Applet) *Cash { return &Cash{keycard: a} }

// ServeAPDU answers SELECT and SIGN; everything else is an internal error, as in the original.
func (c *Cash) ServeAPDU(_ context.Context, _ *softcard.Session, cmd iso7816.Command) iso7816.Response {
	call := &call{a: c.keycard, cmd: cmd}
	sw := c.prepare(call)
	switch {
	case sw != iso7816.OK:
		return iso7816.Response{SW: sw}
	case isSelect(cmd):
		return iso7816.Response{Data: c.info(), SW: iso7816.OK}
	case cmd.INS == wire.InsSign: // the length of the hash is not looked at
		data, sw := call.signature(c.key, cmd.Data)
		return iso7816.Response{Data: data, SW: sw}
	}
	return iso7816.Response{SW: iso7816.Internal}
}

// prepare makes or parses the key.
func (c *Cash) prepare(call *call) iso7816.Status {
	if c.key != nil {
		return iso7816.OK
	}
	if len(call.state().CashPrivate) == 0 {
		_, private, err := wire.NewChannelKey(c.keycard.env.Rand)
		if err != nil {
			return iso7816.Internal
		}
		if sw := call.commit("make the Cash key", func(s *state) { s.CashPrivate = private[:] }); sw != iso7816.OK {
			return sw
		}
	}
	key := &leaf{}
	key.scalar.SetByteSlice(call.state().CashPrivate)
	key.public = [wire.PublicKeySize]byte(secp256k1.NewPrivateKey(&key.scalar).PubKey().SerializeUncompressed())
	c.key = key
	return iso7816.OK
}

// info is the answer to SELECT: public key, version and data. Its outer length is a single byte even beyond 127, which
// is not BER (Keycard 2.3 to 3.1.2, Cash applet).
func (c *Cash) info() []byte {
	const tagInfo, tagPublic, tagVersion, tagData = 0xA4, 0x80, 0x02, 0x82
	body := tlv.Append(nil, tagPublic, c.key.public[:])
	body = tlv.Append(body, tagVersion, binary.BigEndian.AppendUint16(nil, uint16(c.keycard.profile.Version)))
	body = tlv.Append(body, tagData, c.keycard.cell.View().Cash)
	return append([]byte{tagInfo, byte(len(body))}, body...)
}
