package applet

import (
	"bytes"
	"fmt"
	"slices"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// state is all the card remembers without power, in one cell, so that one commit is enough. Its secrets are plain bytes
// because it is stored: a software card is for tests.
type state struct {
	Card         []byte // the card's own private key, 32 bytes
	Certificates [][]byte
	Birth        int
	PrintedCVC   []byte // as it left the factory
	BackupKey    []byte // TAPSIGNER: 16 bytes

	CVC      []byte
	Attempts int // wrong CVCs since the last right one, up to 3
	Delay    int // how often wait must run

	Slots    []slot // ten of a SATSCARD, one of the others
	Current  int    // SATSCARD: the current slot, or len(Slots) when the card is used up
	Path     []uint32
	Backups  int
	Tampered bool
}

// slot is one key in all the forms that commands need. On a signer, Private and Public belong to the derived key and
// Chain is its chain code; MasterChain is the chain code of m.
type slot struct {
	State        wire.SlotState
	Private      []byte // 32 bytes; empty in a slot where m/0 is no key
	Public       []byte // 33 bytes
	Chain        []byte // 32 bytes
	Master       []byte // 32 bytes
	MasterPublic []byte // 33 bytes
	MasterChain  []byte // 32 bytes
	Tampered     bool
}

// Clone implements softcard.Cloner.
func (s state) Clone() state {
	for _, b := range []*[]byte{&s.Card, &s.PrintedCVC, &s.BackupKey, &s.CVC} {
		*b = bytes.Clone(*b)
	}
	s.Certificates = slices.Clone(s.Certificates)
	for i, c := range s.Certificates {
		s.Certificates[i] = bytes.Clone(c)
	}
	s.Path = slices.Clone(s.Path)
	s.Slots = slices.Clone(s.Slots)
	for i := range s.Slots {
		k := &s.Slots[i]
		for _, b := range []*[]byte{&k.Private, &k.Public, &k.Chain, &k.Master, &k.MasterPublic, &k.MasterChain} {
			*b = bytes.Clone(*b)
		}
	}
	return s
}

// current is the current slot, nil when the card is used up.
func (s *state) current() *slot {
	if s.Current >= len(s.Slots) {
		return nil
	}
	return &s.Slots[s.Current]
}

// usedUp says whether no slot is left, however the firmware counts.
func (s *state) usedUp() bool {
	return s.Slots[len(s.Slots)-1].State == wire.SlotUnsealed
}

// unseal opens the current slot and goes on to the next one.
func (s *state) unseal(p Profile) {
	s.Slots[s.Current].State = wire.SlotUnsealed
	if s.Current < len(s.Slots)-1 || !p.LastSlotStays {
		s.Current++
	}
}

// clearAttempts forgets wrong CVCs: a right one was given.
func (s *state) clearAttempts() { s.Attempts, s.Delay = 0, 0 }

// check refuses a stored state that this applet cannot have written, so that no command has to doubt what it finds.
func (s *state) check(product wire.Product) error {
	sound := keyFits(s.Card, nil) && len(s.Slots) == slotsOf(product) && s.Current >= 0 && s.Current <= len(s.Slots) &&
		len(s.CVC) >= wire.MinCVC && len(s.CVC) <= wire.MaxCVC &&
		len(s.PrintedCVC) >= wire.MinCVC && len(s.PrintedCVC) <= wire.MaxCVC &&
		s.Attempts >= 0 && s.Attempts <= maxAttempts && s.Delay >= 0 && s.Delay <= delay &&
		s.Backups >= 0 && s.Backups <= wire.MaxBackups && wire.ValidPath(s.Path) && len(s.Certificates) > 0
	if product == wire.Tapsigner {
		sound = sound && len(s.BackupKey) == wire.BackupKeySize
	}
	for _, c := range s.Certificates {
		sound = sound && len(c) == wire.CertificateSize
	}
	for i := range s.Slots {
		sound = sound && s.Slots[i].fits()
	}
	if !sound {
		return fmt.Errorf("%w: it holds no %v", softcard.ErrDamaged, product)
	}
	return nil
}

// fits says whether a slot has what its state demands.
func (k *slot) fits() bool {
	if k.State == wire.SlotUnused {
		return len(k.Private) == 0 && len(k.Master) == 0
	}
	whole := keyFits(k.Private, k.Public) || k.Tampered && len(k.Private) == 0
	return k.State <= wire.SlotUnsealed && k.State > wire.SlotUnused && whole && keyFits(k.Master, k.MasterPublic) &&
		len(k.Chain) == wire.KeySize && len(k.MasterChain) == wire.KeySize
}

// keyFits says whether a private key is one, and public, unless it is nil, belongs to it.
func keyFits(private, public []byte) bool {
	p, err := wire.PublicKeyOf(secret.Copy(private))
	return err == nil && (public == nil || bytes.Equal(p[:], public))
}

// slotsOf is how many keys a product has room for.
func slotsOf(p wire.Product) int {
	if p == wire.Satscard {
		return 10
	}
	return 1
}
