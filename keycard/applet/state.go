package applet

import (
	"bytes"
	"fmt"
	"slices"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// noDuplication is the value of state.Duplication without a session.
const noDuplication = -1

// state is all the card remembers without power, in one cell, so that one commit is enough for any command. Its
// secrets are plain bytes because it is stored: a software card is for tests.
type state struct {
	UID            []byte // 16 bytes, shown by SELECT
	ChannelPrivate []byte // empty when Options.ChannelKeys gives the keys
	ChannelNumber  int    // counts the channel keys of this card
	Selects        int    // since the channel key was made

	Initialized        bool
	PIN, Duress, PUK   []byte
	PINTries, PUKTries int // that remain
	PINLimit, PUKLimit int
	Token              []byte   // the pairing secret, 32 bytes
	Pairings           [][]byte // by slot: a key of 32 bytes, or nothing

	Key     *masterKey // nil when none is loaded
	Path    hd.Path    // of the current key
	Pinless hd.Path    // empty for none

	NDEF, Public, Cash []byte
	CashPrivate        []byte // 32 bytes, empty until the Cash applet is first selected

	DuplicationKey []byte // XOR of the pieces so far
	Duplication    int    // pieces still to come, noDuplication without a session
}

// masterKey is the key on the card. Public is what the card takes for its public key: with Quirks.UncheckedPublicKey
// it may belong to another one.
type masterKey struct {
	Private []byte // 32 bytes
	Chain   []byte // 32 bytes, empty for a key that is not extended
	Public  []byte // 65 bytes
}

func (k *masterKey) extended() bool { return len(k.Chain) > 0 }

// Clone implements softcard.Cloner.
func (s state) Clone() state {
	for _, b := range []*[]byte{&s.UID, &s.ChannelPrivate, &s.PIN, &s.Duress, &s.PUK, &s.Token, &s.NDEF, &s.Public,
		&s.Cash, &s.CashPrivate, &s.DuplicationKey} {
		*b = bytes.Clone(*b)
	}
	s.Pairings = slices.Clone(s.Pairings)
	for i, key := range s.Pairings {
		s.Pairings[i] = bytes.Clone(key)
	}
	s.Path, s.Pinless = slices.Clone(s.Path), slices.Clone(s.Pinless)
	if s.Key != nil {
		s.Key = &masterKey{bytes.Clone(s.Key.Private), bytes.Clone(s.Key.Chain), bytes.Clone(s.Key.Public)}
	}
	return s
}

// freeSlots counts the pairings that can still be made.
func (s *state) freeSlots() int {
	free := 0
	for _, key := range s.Pairings {
		if len(key) == 0 {
			free++
		}
	}
	return free
}

// setKey makes k the master key and the current key (Keycard seed, LOAD KEY); nil removes the key.
func (s *state) setKey(k *masterKey, clearPinless bool) {
	s.Key, s.Path = k, nil
	if clearPinless {
		s.Pinless = nil
	}
}

// check refuses a stored state that this applet cannot have written with profile p, so that no later command has to
// doubt the length of anything it finds.
func (s *state) check(p Profile) error {
	sound := len(s.UID) == wire.InstanceUIDSize && len(s.ChannelPrivate) == wire.PrivateKeySize &&
		len(s.Pairings) == p.Slots &&
		s.PINTries >= 0 && s.PINTries <= s.PINLimit && s.PINLimit <= wire.MaxPINTries &&
		s.PUKTries >= 0 && s.PUKTries <= s.PUKLimit && s.PUKLimit <= wire.MaxPUKTries &&
		len(s.Path) <= wire.MaxPathDepth && len(s.Pinless) <= wire.MaxPathDepth
	for _, key := range s.Pairings {
		sound = sound && (len(key) == 0 || len(key) == 32)
	}
	if s.Initialized {
		sound = sound && len(s.PIN) == wire.PINSize && len(s.PUK) == wire.PUKSize && len(s.Token) == wire.PairingTokenSize
	}
	if len(s.CashPrivate) > 0 {
		sound = sound && len(s.CashPrivate) == wire.PrivateKeySize
	}
	if s.Duplication != noDuplication {
		sound = sound && len(s.DuplicationKey) == 32
	}
	if k := s.Key; k != nil {
		sound = sound && len(k.Private) == wire.PrivateKeySize && len(k.Public) == wire.PublicKeySize &&
			(len(k.Chain) == 0 || len(k.Chain) == wire.ChainCodeSize)
	}
	if !sound {
		return fmt.Errorf("%w: it holds no Keycard of profile %s", softcard.ErrDamaged, p.Name)
	}
	return nil
}
