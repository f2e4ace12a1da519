package keycard

import (
	"context"
	"errors"
	"slices"

	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Init initialises a card and keeps its pairing secret, which is made at random if o has none. The secret is written
// down before it is sent: should the answer be lost, Pair still knows it. Errors are those of Card.Init, and of the
// file.
func (s *Store) Init(ctx context.Context, c *Card, o InitOptions) error {
	if o.PairingSecret.Len() == 0 {
		var err error
		if o.PairingSecret, err = c.opts.NewPairingSecret(); err != nil {
			return err
		}
	}
	begun := pendingInit{channelKey: c.channelKey()}
	err := c.init(ctx, o, func() error {
		return s.update(func(r *records) { r.begin(begun, o.PairingSecret) })
	})
	if err != nil {
		return s.refused(err, begun)
	}
	return s.update(func(r *records) {
		r.end(begun)
		r.cards[c.UID()] = &record{secret: clone(o.PairingSecret)}
	})
}

// channelKey is the card's channel key as an array.
func (c *Card) channelKey() (key [wire.PublicKeySize]byte) {
	copy(key[:], c.info.PublicKey)
	return key
}

// refused drops the note of something that the card has refused, and keeps it when nobody knows what the card did.
func (s *Store) refused(err error, p pendingInit) error {
	if !answered(err) {
		return err
	}
	return errors.Join(err, s.update(func(r *records) { r.end(p) }))
}

// begin notes an INIT that is about to be sent, at most one for a channel key: a card that is tried again has kept its
// key, so the earlier INIT has had no effect.
func (r *records) begin(p pendingInit, pairingSecret secret.Bytes) {
	r.end(p)
	p.secret = clone(pairingSecret)
	r.inited = append(r.inited, p)
}

// end drops the note.
func (r *records) end(p pendingInit) {
	r.inited = slices.DeleteFunc(r.inited, func(i pendingInit) bool { return i.channelKey == p.channelKey })
}

// ChangePairingSecret gives the card a new pairing secret of 32 bytes and keeps it. Needs the PIN. The new one is
// written down, beside the old, before it is sent: whichever the card has after a lost answer, Pair knows it.
func (s *Store) ChangePairingSecret(ctx context.Context, sess *Session, pairingSecret secret.Bytes) error {
	if n := pairingSecret.Len(); n != wire.PairingTokenSize {
		return refuse(wire.InsChangePIN, "a pairing secret has 32 bytes, not %d", n)
	}
	begun, uid := pendingInit{channelKey: sess.card.channelKey()}, sess.card.UID()
	if err := s.update(func(r *records) { r.begin(begun, pairingSecret) }); err != nil {
		return err
	}
	if err := sess.ChangePairingSecret(ctx, pairingSecret); err != nil {
		return s.refused(err, begun)
	}
	return s.update(func(r *records) {
		r.end(begun)
		r.of(uid).secret = clone(pairingSecret)
	})
}

// SetPairingSecret keeps the pairing secret, 32 bytes, of a card that was initialised elsewhere.
func (s *Store) SetPairingSecret(uid UID, pairingSecret secret.Bytes) error {
	if n := pairingSecret.Len(); n != wire.PairingTokenSize {
		return refuse(wire.InsPair, "a pairing secret has 32 bytes, not %d", n)
	}
	return s.update(func(r *records) { r.of(uid).secret = clone(pairingSecret) })
}
