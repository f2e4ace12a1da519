package keycard

import (
	"context"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// KeyUID names a master key: SHA-256 of its 65-byte public key.
type KeyUID = [wire.KeyUIDSize]byte

// LoadKeyPair puts a single private key, 32 bytes, on the card and replaces the one that is there (Keycard seed, LOAD
// KEY). It cannot derive others. Needs the PIN.
//
// The card computes the public key itself; its answer is compared with our own computation, here and in the other Load
// methods: ErrOtherKey. The current key is the loaded one then, and from 2.2 on there is no PIN-less path any more.
func (s *Session) LoadKeyPair(ctx context.Context, private secret.Bytes) (KeyUID, error) {
	key, err := hd.NewKey(private, [32]byte{})
	if err != nil {
		return KeyUID{}, failure(wire.InsLoadKey, card.ErrWrongData, err)
	}
	defer key.Destroy()
	return s.load(ctx, wire.LoadKeyCommand(wire.KeyTemplate{Private: private}), key)
}

// LoadExtended puts a private key and its chain code on the card, from which it derives others. See LoadKeyPair.
func (s *Session) LoadExtended(ctx context.Context, key *hd.Key) (KeyUID, error) {
	private, code := key.Private(), key.ChainCode()
	defer private.Destroy()
	if private.Len() != wire.PrivateKeySize {
		return KeyUID{}, failure(wire.InsLoadKey, card.ErrWrongData, hd.ErrDestroyed)
	}
	chain := secret.New(code[:])
	defer chain.Destroy()
	return s.load(ctx, wire.LoadKeyCommand(wire.KeyTemplate{Private: private, ChainCode: chain}), key)
}

// LoadSeed gives the card a BIP-39 seed of 64 bytes, of which it makes the master key (BIP-32); 3.2 takes 16 to 64
// bytes. See LoadKeyPair, and hd.Seed for the way from a mnemonic to a seed.
func (s *Session) LoadSeed(ctx context.Context, seed secret.Bytes) (KeyUID, error) {
	n := seed.Len()
	if n != wire.SeedSize && (s.card.info.Version < wire.V3_2 || n < wire.MinSeedSize || n > wire.SeedSize) {
		return KeyUID{}, refuse(wire.InsLoadKey, "a seed has %d bytes, not %d", wire.SeedSize, n)
	}
	key, err := hd.Master(seed)
	if err != nil {
		return KeyUID{}, failure(wire.InsLoadKey, card.ErrWrongData, err)
	}
	defer key.Destroy()
	return s.load(ctx, wire.LoadSeedCommand(seed), key)
}

// load sends LOAD KEY and compares the key UID in the answer with that of the key that was meant.
func (s *Session) load(ctx context.Context, cmd iso7816.Command, key *hd.Key) (KeyUID, error) {
	uid, err := s.newKey(ctx, cmd)
	if err != nil {
		return KeyUID{}, err
	}
	if want := wire.KeyUID(key.PublicKey()); uid != want {
		return uid, failure(cmd.INS, card.ErrCardMismatch,
			fmt.Errorf("%w: %x… instead of %x…", ErrOtherKey, uid[:4], want[:4]))
	}
	return uid, nil
}

// newKey sends a command after which the card has another master key, which it names.
func (s *Session) newKey(ctx context.Context, cmd iso7816.Command) (KeyUID, error) {
	s.known = false
	data, err := s.doSecret(ctx, cmd)
	if err != nil {
		return KeyUID{}, err
	}
	uid, err := wire.ParseKeyUID(data)
	if err != nil {
		return KeyUID{}, bad(cmd.INS, err)
	}
	s.path, s.known = nil, true
	s.card.info.KeyUID = append([]byte(nil), uid[:]...)
	return uid, nil
}

// GenerateKey lets the card make its own master key, which replaces the one that is there and which nobody can ever
// read (Keycard seed, GENERATE KEY). Needs the PIN. Without a card that takes part in DUPLICATE KEY there is no backup.
func (s *Session) GenerateKey(ctx context.Context) (KeyUID, error) {
	return s.newKey(ctx, wire.GenerateKeyCommand())
}

// RemoveKey erases the key and all paths (Keycard seed, REMOVE KEY). Needs the PIN.
func (s *Session) RemoveKey(ctx context.Context) error {
	s.known = false
	if err := s.doEmpty(ctx, wire.RemoveKeyCommand()); err != nil {
		return err
	}
	s.card.info.KeyUID = nil
	return nil
}
