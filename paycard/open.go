package paycard

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	channel "tapcard.example/keycard/wire"
)

// Pairing is what a host keeps of a pairing. It is Keycard's, so a keycard.Store keeps it, under Info.UID.
type Pairing = keycard.Pairing

// Session is the owner's secure channel. It ends with Close, with any error in the channel, and with the next SELECT.
type Session struct {
	card    *Card
	channel *channel.Channel
	slot    byte
}

// Open opens the owner's channel: two commands, and a SELECT unless that was the last one. A pairing the card does not
// know is card.ErrPairing with ErrStalePairing.
func (c *Card) Open(ctx context.Context, p Pairing) (*Session, error) {
	if p.Key.Len() != channel.PairingTokenSize {
		return nil, refuse(channel.InsOpen, "a pairing key has 32 bytes, not %d", p.Key.Len())
	}
	if err := c.refresh(ctx); err != nil {
		return nil, err
	}
	if !c.info.Initialized {
		return nil, failure(channel.InsOpen, card.ErrConditions, errNotInitialised)
	}
	ch, err := c.agree(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &Session{card: c, channel: ch, slot: p.Slot}
	if err := s.authenticate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	c.session = s
	return s, nil
}

// agree sends OPEN SECURE CHANNEL and derives the session keys.
func (c *Card) agree(ctx context.Context, p Pairing) (*channel.Channel, error) {
	key, private, err := channel.NewChannelKey(c.opts.rand())
	if err != nil {
		return nil, err
	}
	clear(private[:])
	ecdh, err := key.Agree(c.info.ChannelKey[:])
	if err != nil {
		return nil, bad(iso7816.InsSelect, err)
	}
	defer clear(ecdh[:])
	data, err := c.do(ctx, channel.OpenCommand(p.Slot, key.Public))
	if errors.Is(err, card.ErrNotFound) {
		return nil, stale(channel.InsOpen, iso7816.WrongP1P2, p.Slot)
	}
	if err != nil {
		return nil, err
	}
	answer, err := channel.ParseOpen(data)
	if err != nil {
		return nil, bad(channel.InsOpen, err)
	}
	var keys channel.Keys
	defer clear(keys.Enc[:])
	defer clear(keys.MAC[:])
	p.Key.Reveal(func(b []byte) { keys = channel.SessionKeys(ecdh[:], b, answer.Salt[:]) })
	return channel.NewChannel(keys, answer.IV), nil
}

// authenticate sends MUTUALLY AUTHENTICATE. That the card's MAC verifies is the proof.
func (s *Session) authenticate(ctx context.Context) error {
	challenge, err := s.card.challenge32()
	if err != nil {
		return err
	}
	data, err := s.do(ctx, channel.MutualCommand(challenge))
	var e *card.Error
	if errors.As(err, &e) && e.SW == iso7816.SecurityNotSatisfied {
		return stale(channel.InsMutual, e.SW, s.slot)
	}
	if err != nil {
		return err
	}
	if _, err := channel.ParseMutual(data); err != nil {
		return bad(channel.InsMutual, err)
	}
	return nil
}

func stale(ins byte, sw iso7816.Status, slot byte) error {
	return &card.Error{Op: opName(ins), SW: sw, Kind: card.ErrPairing,
		Err: fmt.Errorf("slot %d: %w", slot, ErrStalePairing)}
}

// challenge32 draws 32 random bytes.
func (c *Card) challenge32() (b [channel.ChallengeSize]byte, err error) {
	if _, err := io.ReadFull(c.opts.rand(), b[:]); err != nil {
		return b, fmt.Errorf("%w: %w", channel.ErrRandom, err)
	}
	return b, nil
}

// Close forgets the session's keys. Calling it twice is harmless.
func (s *Session) Close() {
	s.channel.Close()
	if s.card.session == s {
		s.card.session = nil
	}
}

// Closed says whether the session has ended.
func (s *Session) Closed() bool { return s.channel.Closed() }

// Card is the card that the session is with.
func (s *Session) Card() *Card { return s.card }
