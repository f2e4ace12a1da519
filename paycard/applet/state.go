package applet

import (
	"bytes"
	"fmt"
	"slices"

	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// state is all the card remembers without power, in one cell. Its secrets are plain bytes because it is stored: a
// software card is for tests.
type state struct {
	UID                           []byte // 16 bytes
	ChannelPrivate, ChannelPublic []byte

	Initialized        bool
	PIN, PUK           []byte
	PINTries, PUKTries int
	Token              []byte   // the pairing secret, 32 bytes
	Pairings           [][]byte // by slot: 32 bytes or nothing

	PayPrivate, BlindPrivate []byte // 32 bytes each
	Address, BlindAddress    []byte // 20 bytes each

	Off      bool
	Guards   wire.Guards
	Left     uint32    // signatures until REFILL, or wire.NoCounterLimit
	Profiles []profile // by number
	URL      string    // of the approval service, empty for none
	Keys     [][]byte  // of the approval service
	MACKey   []byte    // shared with it
	TimeKeys [][]byte

	Counter   uint32
	LastTime  uint32 // of the last token, 0 before the first
	Hours     hours
	Spent     []purse
	Currency  spending
	Last      *record // the last payment, to be repeated
	LastBlind *record
	Log       [][]byte // encoded entries, newest first
}

// profile is a profile and what was paid with it offline.
type profile struct {
	Config       []byte // as wire.Profile encodes it; nothing: not set
	OfflineCount uint16
	OfflineSum   uint64
}

// record is a signature that can be given out again.
type record struct {
	Request   []byte // what was asked for
	Digest    []byte
	Counter   uint32
	Signature []byte
}

func (r *record) clone() *record {
	if r == nil {
		return nil
	}
	return &record{bytes.Clone(r.Request), bytes.Clone(r.Digest), r.Counter, bytes.Clone(r.Signature)}
}

// Clone implements softcard.Cloner.
func (s state) Clone() state {
	for _, b := range []*[]byte{&s.UID, &s.ChannelPrivate, &s.ChannelPublic, &s.PIN, &s.PUK, &s.Token, &s.PayPrivate,
		&s.BlindPrivate, &s.Address, &s.BlindAddress, &s.MACKey} {
		*b = bytes.Clone(*b)
	}
	for _, list := range []*[][]byte{&s.Pairings, &s.Keys, &s.TimeKeys, &s.Log} {
		*list = slices.Clone(*list)
		for i, b := range *list {
			(*list)[i] = bytes.Clone(b)
		}
	}
	s.Profiles = slices.Clone(s.Profiles)
	for i := range s.Profiles {
		s.Profiles[i].Config = bytes.Clone(s.Profiles[i].Config)
	}
	s.Spent = slices.Clone(s.Spent)
	for i := range s.Spent {
		s.Spent[i] = s.Spent[i].clone()
	}
	s.Hours.Times, s.Currency = slices.Clone(s.Hours.Times), s.Currency.clone()
	s.Last, s.LastBlind = s.Last.clone(), s.LastBlind.clone()
	return s
}

// freeSlots counts the pairings that can still be made.
func (s *state) freeSlots() (free int) {
	for _, key := range s.Pairings {
		if len(key) == 0 {
			free++
		}
	}
	return free
}

// profile reads profile n; ok is false when it is not set.
func (s *state) profile(n byte) (p wire.Profile, ok bool) {
	if int(n) >= len(s.Profiles) || len(s.Profiles[n].Config) == 0 {
		return wire.Profile{}, false
	}
	p, err := wire.ParseProfile(s.Profiles[n].Config)
	return p, err == nil
}

// key reads a stored key.
func key(keys [][]byte, second bool) (k wire.PublicKey, ok bool) {
	n := 0
	if second {
		n = 1
	}
	if n >= len(keys) || len(keys[n]) != wire.KeySize {
		return k, false
	}
	return wire.PublicKey(keys[n]), true
}

// check refuses a stored state that this applet cannot have written, so that no later command has to doubt the length
// of anything it finds.
func (s *state) check() error {
	sound := len(s.UID) == channel.InstanceUIDSize && len(s.ChannelPrivate) == channel.PrivateKeySize &&
		len(s.ChannelPublic) == channel.PublicKeySize && len(s.Pairings) == wire.Slots &&
		len(s.Profiles) == wire.Profiles && len(s.Log) <= wire.LogEntries && len(s.Hours.Times) <= wire.MaxHourly &&
		len(s.URL) <= wire.MaxURL && len(s.Spent) <= maxPurses && s.soundKeys() && s.soundRecords()
	_, err := wire.ParseGuards(s.Guards.Append(nil))
	for _, p := range s.Profiles {
		if _, bad := wire.ParseProfile(p.Config); bad != nil && len(p.Config) > 0 {
			err = bad
		}
	}
	if s.Initialized {
		sound = sound && len(s.PIN) == channel.PINSize && len(s.PUK) == channel.PUKSize &&
			len(s.Token) == channel.PairingTokenSize && len(s.PayPrivate) == channel.PrivateKeySize &&
			len(s.BlindPrivate) == channel.PrivateKeySize &&
			len(s.Address) == wire.AddressSize && len(s.BlindAddress) == wire.AddressSize
	}
	if !sound || err != nil {
		return fmt.Errorf("%w: it holds no payment card", softcard.ErrDamaged)
	}
	return nil
}

func (s *state) soundKeys() bool {
	sound := len(s.MACKey) == 0 || len(s.MACKey) == wire.MACKeySize
	for _, key := range s.Pairings {
		sound = sound && (len(key) == 0 || len(key) == channel.PairingTokenSize)
	}
	for _, key := range slices.Concat(s.Keys, s.TimeKeys) {
		sound = sound && len(key) == wire.KeySize
	}
	return sound && len(s.Keys) <= wire.MaxKeys && len(s.TimeKeys) <= wire.MaxKeys
}

func (s *state) soundRecords() bool {
	sound := len(s.Currency.Buckets) <= maxBuckets
	for _, r := range []*record{s.Last, s.LastBlind} {
		sound = sound && (r == nil || len(r.Digest) == wire.HashSize && len(r.Signature) == wire.SignatureSize)
	}
	for _, e := range s.Log {
		sound = sound && len(e) == wire.LogEntrySize
	}
	for _, p := range s.Spent {
		sound = sound && len(p.Purse) == wire.PurseSize && len(p.Buckets) <= maxBuckets
	}
	return sound
}
