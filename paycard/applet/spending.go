package applet

import (
	"bytes"
	"math"
	"slices"

	"tapcard.example/paycard/wire"
)

// The trailing window is counted in parts of a 24th. A payment counts until its whole part has left the window: at
// least the window's length, and at most a 24th more.
const (
	parts      = 24
	maxBuckets = parts + 1
)

// maxPurses is how many purses the card remembers payments of: twice its profiles, so that changing a profile forgets
// nothing.
const maxPurses = 2 * wire.Profiles

// spending is what was spent lately.
type spending struct {
	Buckets []bucket // by time, oldest first
	Untimed uint64   // spent since the last token; the card does not know when
}

// bucket is the sum of one part of the window.
type bucket struct {
	Part uint32 // time divided by the length of a part
	Sum  uint64
}

// purse is what was spent of one purse.
type purse struct {
	Purse []byte // as wire.Purse encodes it
	spending
}

func (s spending) clone() spending {
	s.Buckets = slices.Clone(s.Buckets)
	return s
}

func (p purse) clone() purse { return purse{bytes.Clone(p.Purse), p.spending.clone()} }

// partLength is the length of a part in seconds: window/24, rounded up.
func partLength(window uint32) uint32 { return (window + parts - 1) / parts }

// sum is what counts at a time.
func (s spending) sum(now, length uint32) uint64 {
	total, part := s.Untimed, now/length
	for _, b := range s.Buckets {
		if uint64(b.Part)+parts >= uint64(part) {
			total = saturate(total, b.Sum)
		}
	}
	return total
}

// add counts an amount at a time that is not before any other.
func (s *spending) add(amount uint64, now, length uint32) {
	part := now / length
	s.Buckets = slices.DeleteFunc(s.Buckets, func(b bucket) bool { return uint64(b.Part)+parts < uint64(part) })
	if n := len(s.Buckets); n > 0 && s.Buckets[n-1].Part == part {
		s.Buckets[n-1].Sum = saturate(s.Buckets[n-1].Sum, amount)
		return
	}
	if amount > 0 {
		s.Buckets = append(s.Buckets, bucket{part, amount})
	}
}

// settle gives what was spent without a time the time that has come: the latest that it can have been.
func (s *spending) settle(now, length uint32) {
	s.add(s.Untimed, now, length)
	s.Untimed = 0
}

// resize goes over to parts of another length: all that still counts moves to the newest part.
func (s *spending) resize(now, before, after uint32) {
	counts := s.sum(now, before) - s.Untimed
	s.Buckets = nil
	s.add(counts, now, after)
}

// saturate adds and stays at the largest number.
func saturate(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// spent is what was spent of a purse.
func (s *state) spent(p wire.Purse) spending {
	id := p.Append(nil)
	for i := range s.Spent {
		if bytes.Equal(s.Spent[i].Purse, id) {
			return s.Spent[i].spending
		}
	}
	return spending{}
}

// spend counts an amount of a purse; without a time when timed is false. The purse has been given room by keepPurse.
func (s *state) spend(p wire.Purse, amount uint64, timed bool) {
	id := p.Append(nil)
	for i := range s.Spent {
		if bytes.Equal(s.Spent[i].Purse, id) {
			s.Spent[i].count(amount, timed, s.LastTime, partLength(s.Guards.Window))
		}
	}
}

func (s *spending) count(amount uint64, timed bool, now, length uint32) {
	if timed {
		s.add(amount, now, length)
	} else {
		s.Untimed = saturate(s.Untimed, amount)
	}
}

// keepPurse makes room for a purse: it forgets those of which nothing counts any more and which no profile has.
func (s *state) keepPurse(p wire.Purse) (ok bool) {
	id := p.Append(nil)
	if slices.ContainsFunc(s.Spent, func(q purse) bool { return bytes.Equal(q.Purse, id) }) {
		return true
	}
	s.Spent = slices.DeleteFunc(s.Spent, func(q purse) bool {
		inUse := slices.ContainsFunc(s.Profiles, func(r profile) bool { return bytes.HasPrefix(r.Config, q.Purse) })
		return !inUse && q.sum(s.LastTime, partLength(s.Guards.Window)) == 0
	})
	if len(s.Spent) == maxPurses {
		return false
	}
	s.Spent = append(s.Spent, purse{Purse: id})
	return true
}
