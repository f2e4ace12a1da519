package keycard

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"tapcard.example/internal/privatefile"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// ErrStoreDamaged means that the file of pairings is not what this program wrote. It is refused and never repaired.
var ErrStoreDamaged = errors.New("the file of pairings is damaged")

const maxStore = 1 << 20 // bytes; some thousands of cards

// UID is the name of an applet instance, random and new after FACTORY RESET.
type UID = [wire.InstanceUIDSize]byte

// UID is the instance UID as an array; zero before INIT.
func (c *Card) UID() (uid UID) {
	copy(uid[:], c.info.InstanceUID)
	return uid
}

// Store is the file in which a computer keeps its pairings: for each card the slot and the pairing key, the pairing
// secret of cards that were initialised here, and a journal of what was begun and not yet seen to end. Whoever can read
// it can open a secure channel to the cards; without the PIN that is not worth much. It has mode 0600 in a folder of
// mode 0700, is replaced atomically and changed under a lock, so several processes may share it.
//
// A Store keeps no secrets in memory between calls: it reads the file anew.
type Store struct{ path string }

// OpenStore uses the file at path, which is made by the first change. A damaged one, or one that other users may read or write,
// is an error.
func OpenStore(path string) (*Store, error) {
	s := &Store{path: path}
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	r.destroy()
	return s, nil
}

// records is what the file says.
type records struct {
	cards  map[UID]*record
	inited []pendingInit
}

// record is what is known of one card.
type record struct {
	pairing *Pairing     // ours, if there is one
	secret  secret.Bytes // the pairing secret, if it is known
	lost    *lostPair    // a PAIR was begun, and its end has not been seen
	leaked  []byte       // slots taken by pairings of ours that nobody has the key of
	maybe   []byte       // slots of which one is leaked
}

// lostPair is the journal of a PAIR, written before its second command.
type lostPair struct {
	freeBefore int // free slots before
}

// pendingInit is the journal of an INIT, written before it: the card has no UID yet, so its channel key names it.
type pendingInit struct {
	channelKey [wire.PublicKeySize]byte
	secret     secret.Bytes
}

// of returns the record of a card, a new one if there is none.
func (r *records) of(uid UID) *record {
	if r.cards[uid] == nil {
		r.cards[uid] = &record{}
	}
	return r.cards[uid]
}

// destroy zeroes all secrets. What is put into records is copied, and copied again on its way out.
func (r *records) destroy() {
	for _, rec := range r.cards {
		rec.secret.Destroy()
		if rec.pairing != nil {
			rec.pairing.Key.Destroy()
		}
	}
	for _, i := range r.inited {
		i.secret.Destroy()
	}
}

// clone copies a secret, so that one owner may destroy it.
func clone(s secret.Bytes) (c secret.Bytes) {
	s.Reveal(func(b []byte) { c = secret.Copy(b) })
	return c
}

// read reads the file; a missing one is empty. The caller destroys the records.
func (s *Store) read() (*records, error) {
	raw, err := privatefile.Read(s.path, maxStore)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return s.parse(raw)
}

func (s *Store) parse(raw []byte) (*records, error) {
	defer clear(raw)
	r, err := decodeStore(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	return r, nil
}

// update changes the file under its lock, starting from what other processes may have written since.
func (s *Store) update(change func(*records)) error {
	var out []byte
	defer func() { clear(out) }()
	return privatefile.Update(s.path, maxStore, func(old []byte) ([]byte, error) {
		r, err := s.parse(old)
		if err != nil {
			return nil, err
		}
		defer r.destroy()
		change(r)
		out, err = encodeStore(r)
		return out, err
	})
}

// Pairing returns our pairing with a card.
func (s *Store) Pairing(uid UID) (p Pairing, ok bool, err error) {
	r, err := s.read()
	if err != nil {
		return Pairing{}, false, err
	}
	defer r.destroy()
	have := r.of(uid).pairing
	if have == nil {
		return Pairing{}, false, nil
	}
	return Pairing{Slot: have.Slot, Key: clone(have.Key)}, true, nil
}

// SetPairing keeps a pairing, made elsewhere, as ours. The one before, if there was one, is remembered as a slot to
// free.
func (s *Store) SetPairing(uid UID, p Pairing) error {
	return s.update(func(r *records) { r.of(uid).replace(p) })
}

// replace makes p the pairing; the slot of the one before is leaked unless it is the same.
func (r *record) replace(p Pairing) {
	if r.pairing != nil && r.pairing.Slot != p.Slot {
		r.leaked = append(r.leaked, r.pairing.Slot)
	}
	r.pairing, r.lost = &Pairing{Slot: p.Slot, Key: clone(p.Key)}, nil
	r.drop(p.Slot)
}

// drop takes a slot off the lists of leaked ones.
func (r *record) drop(slot byte) {
	is := func(other byte) bool { return other == slot }
	r.leaked, r.maybe = slices.DeleteFunc(r.leaked, is), slices.DeleteFunc(r.maybe, is)
}

// PairingSecret returns the pairing secret of a card, 32 bytes, if it was initialised here or set.
func (s *Store) PairingSecret(uid UID) (pairingSecret secret.Bytes, ok bool, err error) {
	r, err := s.read()
	if err != nil {
		return secret.Bytes{}, false, err
	}
	defer r.destroy()
	have := r.of(uid).secret
	return clone(have), have.Len() > 0, nil
}

// Forget drops everything about a card, for one that was reset or given away.
func (s *Store) Forget(uid UID) error {
	return s.update(func(r *records) { delete(r.cards, uid) })
}

// Known returns the cards the store knows anything about, in no order.
func (s *Store) Known() ([]UID, error) {
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	defer r.destroy()
	var uids []UID
	for uid := range r.cards {
		uids = append(uids, uid)
	}
	return uids, nil
}
