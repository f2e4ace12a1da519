package keycard

import (
	"context"
	"crypto/subtle"
	"unicode/utf8"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// PairingSecrets turns a pairing password into the secrets it may stand for, 32 bytes each: clients disagree about
// passwords beyond ASCII, some normalise them (NFKD) and some do not. Pair tries both at no cost. Each takes some 10
// ms.
func PairingSecrets(password secret.Bytes) []secret.Bytes {
	var secrets []secret.Bytes
	password.Reveal(func(b []byte) {
		secrets = append(secrets, wire.PairingToken(b))
		if !ascii(b) {
			secrets = append(secrets, wire.PairingTokenNFKD(b))
		}
	})
	return secrets
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Pair makes this host known to the card (Keycard seed, PAIR): two commands. It takes one of the card's pairing slots,
// for good. secrets are pairing secrets of 32 bytes, in any order; which one is right shows in the card's first answer,
// before the card learns anything. No PIN is needed.
//
// Errors: card.ErrPairing with ErrWrongPassword; card.ErrNoSpace when all slots are taken. When the answer to the
// second command is lost the slot is, too: [Store.Pair] finds it again.
func (c *Card) Pair(ctx context.Context, secrets ...secret.Bytes) (Pairing, error) {
	token, challenge, err := c.pairFirst(ctx, secrets)
	if err != nil {
		return Pairing{}, err
	}
	return c.pairFinal(ctx, token, challenge)
}

// pairFirst has the card prove that it knows one of the secrets. It returns that one and the card's own challenge.
func (c *Card) pairFirst(ctx context.Context, secrets []secret.Bytes) (
	token secret.Bytes, challenge [32]byte, err error) {
	if c.session != nil || c.stale { // a card refuses to pair inside a channel
		if err := c.reselect(ctx); err != nil {
			return token, challenge, err
		}
	}
	if !c.info.Initialized {
		return token, challenge, failure(wire.InsPair, card.ErrConditions, errNotInitialised)
	}
	mine, err := c.challenge()
	if err != nil {
		return token, challenge, err
	}
	data, err := c.do(ctx, wire.PairFirstCommand(mine))
	if err != nil {
		return token, challenge, err
	}
	answer, err := wire.ParsePairFirst(data)
	if err != nil {
		return token, challenge, bad(wire.InsPair, err)
	}
	for _, s := range secrets {
		if proves(s, mine, answer.Cryptogram) {
			return s, answer.Challenge, nil
		}
	}
	return token, challenge, failure(wire.InsPair, card.ErrPairing, ErrWrongPassword)
}

// proves says whether the cryptogram was made with this secret.
func proves(s secret.Bytes, challenge, cryptogram [32]byte) (ok bool) {
	s.Reveal(func(token []byte) {
		want := wire.PairingCryptogram(token, challenge[:])
		ok = subtle.ConstantTimeCompare(want[:], cryptogram[:]) == 1
	})
	return ok && s.Len() == wire.PairingTokenSize
}

// pairFinal proves the secret to the card, which then keeps the pairing.
func (c *Card) pairFinal(ctx context.Context, token secret.Bytes, challenge [32]byte) (Pairing, error) {
	var proof [32]byte
	token.Reveal(func(b []byte) { proof = wire.PairingCryptogram(b, challenge[:]) })
	mode := byte(wire.PairAny)
	if c.info.Version >= wire.V3_2 {
		mode = wire.PairPersistent // else a full card makes one that the next SELECT forgets, without a word
	}
	data, err := c.do(ctx, wire.PairFinalCommand(proof, mode))
	if err != nil {
		return Pairing{}, err
	}
	answer, err := wire.ParsePairFinal(data)
	if err != nil {
		return Pairing{}, bad(wire.InsPair, err)
	}
	p := Pairing{Slot: answer.Slot}
	token.Reveal(func(b []byte) { p.Key = wire.PairingKey(b, answer.Salt[:]) })
	if c.info.FreeSlots > 0 {
		c.info.FreeSlots--
	}
	return p, nil
}
