package cktap

import (
	"context"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
)

// Entropy says whose randomness is known to be in a slot's key. The card adds its own in any case.
type Entropy string

// The sources of a chain code.
const (
	EntropyUnchecked Entropy = "not checked" // whoever set the slot up has chosen it
	EntropyYours     Entropy = "yours"       // it is what New gave the card on this computer
	EntropyBirth     Entropy = "birth block" // the factory's: the hash of the card's birth block
)

// Proof is the current slot of a SATSCARD, sealed and verified: a payment to Address can be spent only with the key in
// this slot, which nobody has seen.
type Proof struct {
	Slot      int // counted from 0
	Address   string
	PublicKey wire.PublicKey
	Master    wire.PublicKey // its child m/0 is PublicKey
	ChainCode wire.Bytes32
	// Attested says that the card's own key vouches for PublicKey. The first firmware, 0.9.0, cannot do that: then
	// somebody between the host and a genuine card could have put in a key of his own.
	Attested bool
	Entropy  Entropy
	Verdict  Verdict
	Testnet  bool
	Tampered bool // the card says that it unsealed a slot by itself
}

// BlockHash is the hash of a block by its height, big-endian as people write it. A chain backend has one.
type BlockHash func(ctx context.Context, height int) ([32]byte, error)

// Verify proves the current slot before its address is shown: the key has signed a fresh nonce and fits the status, the
// card's own key vouches for it, a trusted factory for that one, and the key is the child m/0 of a master key that has
// signed its chain code. Four commands after SELECT, three when the card is known.
//
// The chain code is compared with the entropy that New kept, and in slot 0 without any with the hash of the birth
// block if hashes is not nil. Errors name what did not match: card.ErrBadCert, card.ErrBadSignature,
// card.ErrCardMismatch; card.ErrConditions with ErrNoKey, ErrUsedUp or ErrUnsealed when there is nothing to verify.
func (s *Satscard) Verify(ctx context.Context, hashes BlockHash) (Proof, error) {
	if err := s.readSlot(ctx); err != nil {
		return Proof{}, err
	}
	v, err := s.Genuine(ctx)
	if err != nil {
		return Proof{}, err
	}
	if err := s.stillSealed(ctx); err != nil {
		return Proof{}, err
	}
	p := Proof{Slot: s.slot.number, Address: s.slot.address, PublicKey: s.slot.public, Attested: s.slot.attested,
		Verdict: v, Testnet: s.status.Testnet, Tampered: s.status.Tampered}
	if err := s.derive(ctx, &p); err != nil {
		return Proof{}, err
	}
	if p.Entropy, err = s.entropy(ctx, p, hashes); err != nil {
		return Proof{}, err
	}
	return p, nil
}

// stillSealed fails when the slot that was read is unsealed. On the last slot some cards do not say so in their status;
// where check does not tell either, the slot is asked.
func (s *Satscard) stillSealed(ctx context.Context) error {
	open := s.slot.open
	if !open && !s.slot.attested && s.lastSlot() {
		slot, err := s.Slot(ctx, s.slot.number)
		if err != nil {
			return err
		}
		open = slot.State != wire.SlotSealed
	}
	if open {
		return refuse(wire.CmdCheck, card.ErrConditions, "slot %d: %w", s.slot.number+1, ErrUnsealed)
	}
	return nil
}

// derive has the card show what the slot's key is made of, and follows it (Tap protocol, derive).
func (s *Satscard) derive(ctx context.Context, p *Proof) error {
	host, err := s.hostNonce()
	if err != nil {
		return err
	}
	var used wire.Nonce
	body, err := s.exchange(ctx, wire.CmdDerive, func() (iso7816.Command, error) {
		used = s.nonce
		return wire.DeriveRequest{Nonce: host}.Command()
	})
	if err != nil {
		return err
	}
	a, err := wire.ParseSatscardDerivation(body)
	if err != nil {
		return bad(wire.CmdDerive, err)
	}
	if a.Signature.Verify(wire.DeriveDigest(used, host, a.ChainCode), a.MasterPublic) != nil {
		return s.suspect(ctx, wire.CmdDerive, ErrDeriveSignature)
	}
	if child, err := firstChild(a.MasterPublic, a.ChainCode); err != nil || child != p.PublicKey {
		return s.suspect(ctx, wire.CmdDerive, ErrDerivation)
	}
	p.Master, p.ChainCode = a.MasterPublic, a.ChainCode
	return nil
}

// firstChild is the public key at m/0.
func firstChild(master wire.PublicKey, chainCode wire.Bytes32) (wire.PublicKey, error) {
	x, err := hd.NewXPub(master[:], chainCode, hd.Origin{})
	if err != nil {
		return wire.PublicKey{}, err
	}
	child, err := x.Child(0)
	if err != nil {
		return wire.PublicKey{}, err
	}
	return child.Compressed(), nil
}

// entropy finds out whose entropy the chain code is.
func (s *Satscard) entropy(ctx context.Context, p Proof, hashes BlockHash) (Entropy, error) {
	kept, ok, err := s.opts.Store.entropy(s.status.PublicKey, p.Slot)
	switch {
	case err != nil:
		return "", err
	case ok && kept == p.ChainCode:
		return EntropyYours, nil
	case ok:
		return "", refuse(wire.CmdDerive, card.ErrCardMismatch, "slot %d: %w", p.Slot+1, ErrEntropy)
	case p.Slot != 0 || hashes == nil:
		return EntropyUnchecked, nil
	}
	hash, err := hashes(ctx, s.status.Birth)
	if err != nil {
		return "", fmt.Errorf("the hash of block %d: %w", s.status.Birth, err)
	}
	if !eitherWay(hash, p.ChainCode) {
		return "", refuse(wire.CmdDerive, card.ErrCardMismatch, "%w (%d)", ErrBirthBlock, s.status.Birth)
	}
	return EntropyBirth, nil
}

// eitherWay compares a hash in both byte orders: the protocol document does not say which one the factory uses.
func eitherWay(hash [32]byte, chainCode wire.Bytes32) bool {
	reversed := hash
	slices.Reverse(reversed[:])
	return wire.Bytes32(hash) == chainCode || wire.Bytes32(reversed) == chainCode
}
