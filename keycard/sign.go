package keycard

import (
	"context"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/signer"
)

// Signature is an ECDSA signature over secp256k1 with its recovery id and the key it was verified against.
type Signature = signer.Signature

// Sign has the card sign a 32-byte digest with the key at w (Keycard seed, SIGN). Needs the PIN. One command; in 2.0
// and 2.1 a path costs a DERIVE KEY before it, unless that key is current already, and the key stays the current one.
//
// What comes back is verified against the public key in the same answer, which proves only that the card holds that
// key. Use SignAs where you know which key it must be.
//
// Errors: card.ErrAuthRequired without the PIN, card.ErrInvalidKey when BIP-32 has no key at the path,
// card.ErrConditions without a key, card.ErrBadSignature.
func (s *Session) Sign(ctx context.Context, digest [32]byte, w Where) (Signature, error) {
	sig, err := s.sign(ctx, digest, w)
	if err != nil {
		return Signature{}, err
	}
	return finish(sig, digest)
}

// SignAs is Sign with a key that is expected, 65 bytes: a signature by another one is card.ErrCardMismatch, also when
// the card names that other key itself.
func (s *Session) SignAs(ctx context.Context, digest [32]byte, w Where, expected [65]byte) (Signature, error) {
	sig, err := s.sign(ctx, digest, w)
	if err != nil {
		return Signature{}, err
	}
	if sig.PublicKey != expected {
		return Signature{}, failure(wire.InsSign, card.ErrCardMismatch,
			fmt.Errorf("it signed with the key %x…, expected was %x…", sig.PublicKey[:5], expected[:5]))
	}
	return finish(sig, digest)
}

// sign has the card sign as its version needs it.
func (s *Session) sign(ctx context.Context, digest [32]byte, w Where) (wire.Signature, error) {
	if err := checkPath(wire.InsSign, w.path); err != nil {
		return wire.Signature{}, err
	}
	cmd := wire.SignCommand(digest)
	switch {
	case !w.derived:
	case s.card.info.Version < wire.V2_2 || len(w.path) == 0:
		// Up to 2.1 SIGN takes no path, and an empty one never was well defined.
		if !s.at(w) {
			if err := s.Derive(ctx, w.source, w.path); err != nil {
				return wire.Signature{}, err
			}
		}
	default:
		cmd = wire.SignPathCommand(digest, w.source, w.path, w.makeCurrent)
	}
	next, known := s.follow(w.source, w.path)
	if w.makeCurrent {
		s.known = false
	}
	data, err := s.do(ctx, cmd)
	if err != nil {
		return wire.Signature{}, err
	}
	if w.makeCurrent {
		s.path, s.known = next, known
	}
	return parseSignature(data)
}

// SignPinless signs with the key at the card's PIN-less path: no pairing, no PIN, two commands with the SELECT. From
// 2.2 on; in 2.0 and 2.1 open a session, Derive the path and Sign with the current key, without VerifyPIN. No path set
// gives card.ErrNotFound.
func (c *Card) SignPinless(ctx context.Context, digest [32]byte) (Signature, error) {
	if c.info.Version < wire.V2_2 {
		return Signature{}, failure(wire.InsSign, card.ErrUnsupported,
			fmt.Errorf("a %v signs without PIN only inside a secure channel", c.info.Version))
	}
	data, err := c.do(ctx, wire.SignPinlessCommand(digest))
	if err != nil {
		return Signature{}, err
	}
	sig, err := parseSignature(data)
	if err != nil {
		return Signature{}, err
	}
	return finish(sig, digest)
}

func parseSignature(data []byte) (wire.Signature, error) {
	sig, err := wire.ParseSignature(data)
	if err != nil {
		return wire.Signature{}, bad(wire.InsSign, err)
	}
	return sig, nil
}

// finish verifies a signature, gives it its low S and finds its recovery id, all in one pass.
func finish(sig wire.Signature, digest [32]byte) (Signature, error) {
	v, low, err := wire.Recover(digest, sig.R, sig.S, sig.PublicKey[:])
	if err != nil {
		return Signature{}, &card.Error{Op: opName(wire.InsSign), SW: iso7816.OK, Kind: card.ErrBadSignature, Err: err}
	}
	return Signature{R: sig.R, S: low, V: v, PublicKey: sig.PublicKey}, nil
}
