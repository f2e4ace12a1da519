package applet

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// state is all the card remembers without power, in one cell, so that one commit is enough for any command. Its
// secrets are plain bytes because it is stored: a software card is for tests.
type state struct {
	CardPrivate []byte // 32 bytes, made by the card, for ever
	Flags       byte
	Root, Cert  []byte // 33 and 64 bytes, set once

	// What follows is one life of the card; a reset ends it.

	Wallet    *wallet // nil without a key
	Code      []byte
	Failures  int           // wrong codes since the last right one
	Remaining time.Duration // powered time before a code is compared again
	Run       *run          // nil when no backup is under way
	Link      *link         // nil until the key was given or taken; then it stays
}

// wallet is the owner's master key.
type wallet struct {
	Private, Chain []byte // 32 bytes each
	Origin         wire.Origin
}

// run is a backup under way. Offers and Links are in the order of slots; a backup card has one of each, and its join.
type run struct {
	Size   byte
	Offers [][]byte
	Links  [][]byte // private link keys
	Join   []byte   // empty on the source
}

// link is the finished backup, as far as this card goes.
type link struct {
	Size, Slot byte
	Set        []wire.Key
	Request    []byte   // SHA-256 of the data of the COMMIT or IMPORT that made it, to know that one again
	Bundles    [][]byte // on the source, by slot
}

// life says where the card is in its life.
func (s *state) life() wire.State {
	switch {
	case len(s.Cert) == 0:
		return wire.Blank
	case s.Wallet == nil && s.Run == nil:
		return wire.Empty
	case s.Wallet == nil:
		return wire.Joined
	case s.Link == nil && s.Run == nil:
		return wire.Active
	case s.Link == nil:
		return wire.Offering
	case s.Link.Slot == 0:
		return wire.Source
	}
	return wire.Backup
}

// forget ends the card's present life: nothing of the key, its code, its set or a run is left.
func (s *state) forget() {
	*s = state{CardPrivate: s.CardPrivate, Flags: s.Flags, Root: s.Root, Cert: s.Cert}
}

// Clone implements softcard.Cloner.
func (s state) Clone() state {
	for _, b := range []*[]byte{&s.CardPrivate, &s.Root, &s.Cert, &s.Code} {
		*b = bytes.Clone(*b)
	}
	if w := s.Wallet; w != nil {
		s.Wallet = &wallet{bytes.Clone(w.Private), bytes.Clone(w.Chain), w.Origin}
	}
	if r := s.Run; r != nil {
		s.Run = &run{r.Size, cloneAll(r.Offers), cloneAll(r.Links), bytes.Clone(r.Join)}
	}
	if l := s.Link; l != nil {
		s.Link = &link{l.Size, l.Slot, slices.Clone(l.Set), bytes.Clone(l.Request), cloneAll(l.Bundles)}
	}
	return s
}

func cloneAll(all [][]byte) [][]byte {
	all = slices.Clone(all)
	for i, b := range all {
		all[i] = bytes.Clone(b)
	}
	return all
}

// check refuses a stored state that this applet cannot have written, so that no later command has to doubt the length
// of anything it finds.
func (s *state) check() error {
	blank := len(s.Root) == 0 && len(s.Cert) == 0
	sound := len(s.CardPrivate) == wire.PrivateSize && s.Failures >= 0 && s.Remaining >= 0 &&
		(blank || len(s.Root) == wire.KeySize && len(s.Cert) == wire.SignatureSize) &&
		(s.Wallet == nil) == (len(s.Code) == 0) && (s.Link == nil || s.Wallet != nil && s.Run == nil)
	if blank {
		sound = sound && s.Wallet == nil && s.Run == nil
	}
	if w := s.Wallet; w != nil {
		sound = sound && len(w.Private) == wire.PrivateSize && len(w.Chain) == wire.ChainSize && len(s.Code) <= wire.MaxCode
	}
	sound = sound && s.Run.sound(s.Wallet != nil) && s.Link.sound()
	if !sound {
		return fmt.Errorf("%w: it holds no linked-backup card", softcard.ErrDamaged)
	}
	return nil
}

func (r *run) sound(source bool) bool {
	if r == nil {
		return true
	}
	n := 1
	if source {
		n = int(r.Size) - 1
	} else if len(r.Join) != wire.JoinSize {
		return false
	}
	ok := r.Size >= wire.MinSize && r.Size <= wire.MaxSize && len(r.Offers) == n && len(r.Links) == n
	for i := range r.Offers {
		ok = ok && len(r.Offers[i]) == wire.OfferSize && i < len(r.Links) && len(r.Links[i]) == wire.PrivateSize
	}
	return ok
}

func (l *link) sound() bool {
	if l == nil {
		return true
	}
	n := 0
	if l.Slot == 0 {
		n = int(l.Size) - 1
	}
	ok := l.Size >= wire.MinSize && l.Size <= wire.MaxSize && l.Slot < l.Size && len(l.Set) == int(l.Size) &&
		len(l.Request) == 32 && len(l.Bundles) == n
	for _, b := range l.Bundles {
		ok = ok && len(b) == wire.BundleSize(int(l.Size))
	}
	return ok
}

// reveal copies a secret into the card's memory.
func reveal(s secret.Bytes) (b []byte) {
	s.Reveal(func(x []byte) { b = bytes.Clone(x) })
	return b
}
