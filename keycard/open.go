package keycard

import (
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// unknown stands for a number of tries that nobody has asked for yet.
const unknown = -1

// Pairing is what a host keeps of a pairing: the slot on the card, and the key both sides have.
type Pairing struct {
	Slot byte
	Key  secret.Bytes // 32 bytes
}

// Session is an open secure channel to a card. It ends with Close, with any error in the channel, and when the card is
// selected again.
type Session struct {
	card     *Card
	channel  *wire.Channel
	slot     byte
	verified bool    // the PIN was accepted in this session
	pinTries int     // left, or unknown
	pukTries int     // left, or unknown
	path     hd.Path // of the current key, if pathKnown: this session has set it
	known    bool
}

// Open opens the secure channel (Keycard seed, OPEN SECURE CHANNEL and MUTUALLY AUTHENTICATE): two commands, and a
// SELECT before them unless SELECT was the last command. That SELECT matters: without it a second client inherits a PIN
// that the first one verified, and the card's channel key may be another by now.
//
// A pairing the card does not know gives ErrStalePairing.
func (c *Card) Open(ctx context.Context, p Pairing) (*Session, error) {
	if p.Key.Len() != wire.PairingTokenSize {
		return nil, refuse(wire.InsOpen, "a pairing key has 32 bytes, not %d", p.Key.Len())
	}
	if err := c.refresh(ctx); err != nil {
		return nil, err
	}
	if !c.info.Initialized {
		return nil, failure(wire.InsOpen, card.ErrConditions, errNotInitialised)
	}
	channel, err := c.agree(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &Session{card: c, channel: channel, slot: p.Slot, pinTries: unknown, pukTries: unknown}
	if err := s.authenticate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	c.session = s
	return s, nil
}

// agree sends OPEN SECURE CHANNEL and derives the session keys.
func (c *Card) agree(ctx context.Context, p Pairing) (*wire.Channel, error) {
	key, private, err := wire.NewChannelKey(c.opts.rand())
	if err != nil {
		return nil, err
	}
	clear(private[:])
	ecdh, err := key.Agree(c.info.PublicKey)
	if err != nil {
		return nil, bad(iso7816.InsSelect, err)
	}
	defer clear(ecdh[:])
	c.stale = true
	data, err := c.do(ctx, wire.OpenCommand(p.Slot, key.Public))
	if errors.Is(err, card.ErrNotFound) {
		return nil, stale(wire.InsOpen, iso7816.WrongP1P2, p.Slot)
	}
	if err != nil {
		return nil, err
	}
	answer, err := wire.ParseOpen(data)
	if err != nil {
		return nil, bad(wire.InsOpen, err)
	}
	var keys wire.Keys
	defer clear(keys.Enc[:])
	defer clear(keys.MAC[:])
	p.Key.Reveal(func(pairingKey []byte) { keys = wire.SessionKeys(ecdh[:], pairingKey, answer.Salt[:]) })
	return wire.NewChannel(keys, answer.IV), nil
}

// authenticate sends MUTUALLY AUTHENTICATE. That the card's MAC verifies is the proof; what it says is random.
func (s *Session) authenticate(ctx context.Context) error {
	challenge, err := s.card.challenge()
	if err != nil {
		return err
	}
	data, err := s.do(ctx, wire.MutualCommand(challenge))
	var e *card.Error
	if errors.As(err, &e) && e.SW == iso7816.SecurityNotSatisfied {
		return stale(wire.InsMutual, e.SW, s.slot)
	}
	if err != nil {
		return err
	}
	if _, err := wire.ParseMutual(data); err != nil {
		return bad(wire.InsMutual, err)
	}
	return nil
}

// stale is an error about a pairing that the card does not know.
func stale(ins byte, sw iso7816.Status, slot byte) error {
	return &card.Error{Op: opName(ins), SW: sw, Kind: card.ErrPairing,
		Err: fmt.Errorf("slot %d: %w", slot, ErrStalePairing)}
}

// Close forgets the session's keys; the card keeps its side until it is selected again or leaves the field. Calling it
// twice is harmless.
func (s *Session) Close() {
	s.channel.Close()
	s.verified, s.known = false, false
	if s.card.session == s {
		s.card.session = nil
	}
}

// Closed says whether the session has ended.
func (s *Session) Closed() bool { return s.channel.Closed() }

// Card is the card that the session is with.
func (s *Session) Card() *Card { return s.card }

// Slot is the pairing slot that the session was opened with.
func (s *Session) Slot() byte { return s.slot }

// Verified says whether the PIN was accepted in this session.
func (s *Session) Verified() bool { return s.verified }

func (c *Card) closeSession() {
	if c.session != nil {
		c.session.Close()
	}
}
