package applet_test

import (
	"bytes"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
)

// try sends a command to a card that may lose power on the way.
func (k *kit) try(cmd iso7816.Command) (iso7816.Response, error) {
	k.Helper()
	b, err := cmd.Bytes()
	if err != nil {
		k.Fatal(err)
	}
	raw, err := k.card.Transmit(b)
	if err != nil {
		return iso7816.Response{}, err
	}
	r, err := iso7816.ParseResponse(raw)
	if err != nil {
		k.Fatal(err)
	}
	return r, nil
}

// bare sends a command outside the channel.
func (k *kit) bare(cmd iso7816.Command) iso7816.Response {
	k.Helper()
	r, err := k.try(cmd)
	if err != nil {
		k.Fatalf("%v: %v", cmd, err)
	}
	return r
}

// send sends a command inside the channel.
func (k *kit) send(cmd iso7816.Command) iso7816.Response {
	k.Helper()
	wrapped, err := k.ch.WrapCommand(cmd)
	if err != nil {
		k.Fatal(err)
	}
	outer := k.bare(wrapped)
	if outer.SW != iso7816.OK {
		return outer
	}
	r, err := k.ch.UnwrapResponse(outer)
	if err != nil {
		k.Fatal(err)
	}
	return r
}

func raw(ins, p1, p2 byte, data ...byte) iso7816.Command {
	return iso7816.Command{CLA: 0x80, INS: ins, P1: p1, P2: p2, Data: data, Ne: 256}
}

// sel selects the card.
func (k *kit) sel() wire.Info {
	k.Helper()
	info, err := wire.ParseInfo(k.ok(k.bare(wire.SelectCommand())).Data)
	if err != nil {
		k.Fatal(err)
	}
	k.info, k.ch = info, nil
	return info
}

// tap powers the card up again and selects it.
func (k *kit) tap() {
	k.Helper()
	k.card.Reset()
	k.sel()
}

func (k *kit) random(n int) []byte {
	k.nonce = k.nonce%200 + 1 // neither all zeros nor all ones: it must also make keys
	return bytes.Repeat([]byte{k.nonce}, n)
}

// seal encrypts INIT's payload.
func (k *kit) seal(payload []byte) []byte {
	k.Helper()
	key, err := channel.ChannelKeyFrom([32]byte(k.random(32)))
	if err != nil {
		k.Fatal(err)
	}
	agreed, err := key.Agree(k.info.ChannelKey[:])
	if err != nil {
		k.Fatal(err)
	}
	return channel.SealOneShot(key.Public, agreed[:], k.random(16), payload)
}

var initPayload = bytes.Join([][]byte{thePIN, thePUK, theToken}, nil)

// init initialises and pairs.
func (k *kit) init() *kit {
	k.Helper()
	k.sel()
	k.ok(k.bare(channel.InitCommand(k.seal(initPayload))))
	k.sel()
	k.ok(k.pair(theToken))
	return k
}

func (k *kit) pair(token []byte) iso7816.Response {
	k.Helper()
	r := k.bare(channel.PairFirstCommand([32]byte(k.random(32))))
	if r.SW != iso7816.OK {
		return r
	}
	first, err := channel.ParsePairFirst(r.Data)
	if err != nil {
		k.Fatal(err)
	}
	r = k.bare(channel.PairFinalCommand(channel.PairingCryptogram(token, first.Challenge[:]), 0))
	if r.SW == iso7816.OK {
		final, err := channel.ParsePairFinal(r.Data)
		if err != nil {
			k.Fatal(err)
		}
		k.slot = final.Slot
		channel.PairingKey(token, final.Salt[:]).Reveal(func(b []byte) { k.key = bytes.Clone(b) })
	}
	return r
}

// opened selects the card and opens the channel; the PIN is not verified.
func (k *kit) opened() *kit {
	k.Helper()
	k.sel()
	key, err := channel.ChannelKeyFrom([32]byte(k.random(32)))
	if err != nil {
		k.Fatal(err)
	}
	agreed, err := key.Agree(k.info.ChannelKey[:])
	if err != nil {
		k.Fatal(err)
	}
	a, err := channel.ParseOpen(k.ok(k.bare(channel.OpenCommand(k.slot, key.Public))).Data)
	if err != nil {
		k.Fatal(err)
	}
	k.ch = channel.NewChannel(channel.SessionKeys(agreed[:], k.key, a.Salt[:]), a.IV)
	k.ok(k.send(channel.MutualCommand([32]byte(k.random(32)))))
	return k
}

// owner opens the channel and verifies the PIN.
func (k *kit) owner() *kit {
	k.Helper()
	k.opened()
	k.ok(k.send(raw(0x20, 0, 0, thePIN...)))
	return k
}
