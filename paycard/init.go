package paycard

import (
	"context"
	"crypto/aes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// InitOptions are what an empty card is given. They are its own: not the PIN of a Keycard on the same chip.
type InitOptions struct {
	PIN           secret.PIN   // 6 digits
	PUK           secret.PIN   // 12 digits
	PairingSecret secret.Bytes // 32 bytes
}

// Init gives an empty card its PIN, PUK and pairing secret; it makes its keys then. Two commands with the SELECT after
// it. card.ErrConditions when the card is initialised already. Keep the pairing secret before you call it.
func (c *Card) Init(ctx context.Context, o InitOptions) error {
	if c.info.Initialized {
		return failure(channel.InsInit, card.ErrConditions, errors.New("the card is initialised already"))
	}
	payload, err := channel.InitPayload{PIN: o.PIN, PUK: o.PUK, Token: o.PairingSecret}.Encode()
	if err != nil {
		return failure(channel.InsInit, card.ErrWrongData, err)
	}
	defer payload.Destroy()
	sealed, err := c.seal(payload)
	if err != nil {
		return err
	}
	if _, err := c.do(ctx, channel.InitCommand(sealed)); err != nil {
		return err
	}
	return c.reselect(ctx)
}

// seal encrypts INIT's payload under a key agreed for it alone.
func (c *Card) seal(plain secret.Bytes) ([]byte, error) {
	key, private, err := channel.NewChannelKey(c.opts.rand())
	if err != nil {
		return nil, err
	}
	clear(private[:])
	var iv [aes.BlockSize]byte
	if _, err := io.ReadFull(c.opts.rand(), iv[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", channel.ErrRandom, err)
	}
	ecdh, err := key.Agree(c.info.ChannelKey[:])
	if err != nil {
		return nil, bad(iso7816.InsSelect, err)
	}
	defer clear(ecdh[:])
	var sealed []byte
	plain.Reveal(func(b []byte) { sealed = channel.SealOneShot(key.Public, ecdh[:], iv[:], b) })
	return sealed, nil
}

// Pair makes this host known to the card: two commands. It takes one of five slots. The card proves the secret first,
// so a wrong one (ErrWrongPassword) tells it nothing. card.ErrNoSpace when all slots are taken.
func (c *Card) Pair(ctx context.Context, pairingSecret secret.Bytes) (Pairing, error) {
	if n := pairingSecret.Len(); n != channel.PairingTokenSize {
		return Pairing{}, refuse(channel.InsPair, "a pairing secret has 32 bytes, not %d", n)
	}
	if err := c.refresh(ctx); err != nil {
		return Pairing{}, err
	}
	if !c.info.Initialized {
		return Pairing{}, failure(channel.InsPair, card.ErrConditions, errNotInitialised)
	}
	proof, err := c.pairFirst(ctx, pairingSecret)
	if err != nil {
		return Pairing{}, err
	}
	data, err := c.do(ctx, channel.PairFinalCommand(proof, channel.PairAny))
	if err != nil {
		return Pairing{}, err
	}
	answer, err := channel.ParsePairFinal(data)
	if err != nil {
		return Pairing{}, bad(channel.InsPair, err)
	}
	p := Pairing{Slot: answer.Slot}
	pairingSecret.Reveal(func(b []byte) { p.Key = channel.PairingKey(b, answer.Salt[:]) })
	return p, nil
}

// pairFirst checks the card's proof and makes ours.
func (c *Card) pairFirst(ctx context.Context, pairingSecret secret.Bytes) (proof [32]byte, err error) {
	mine, err := c.challenge32()
	if err != nil {
		return proof, err
	}
	data, err := c.do(ctx, channel.PairFirstCommand(mine))
	if err != nil {
		return proof, err
	}
	answer, err := channel.ParsePairFirst(data)
	if err != nil {
		return proof, bad(channel.InsPair, err)
	}
	good := false
	pairingSecret.Reveal(func(token []byte) {
		want := channel.PairingCryptogram(token, mine[:])
		good = subtle.ConstantTimeCompare(want[:], answer.Cryptogram[:]) == 1
		proof = channel.PairingCryptogram(token, answer.Challenge[:])
	})
	if !good {
		return [32]byte{}, failure(channel.InsPair, card.ErrPairing, ErrWrongPassword)
	}
	return proof, nil
}

// Unpair frees a slot; the session's own one ends with it, at the next SELECT. Needs the PIN.
func (s *Session) Unpair(ctx context.Context, slot byte) error {
	return s.doEmpty(ctx, channel.UnpairCommand(slot))
}
