package duplicate_test

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tapcard.example/keycard/wire"
)

var deep = flag.Bool("search.deep", false, "search with more sessions and more faults too, for a few minutes")

// search visits every state that a few real applets (profile 2.3) can get into. The owner and his clients do what is
// asked of them, in any order. The adversary holds the cards between: he selects, sends a piece of his own, sends
// recorded messages again, tries the owner's commands, changes blobs and brings old ones; and the power goes at any
// commit. Bound: messages of his that a card might take, and cuts of power, are faults, and faults is how many of them
// there may be together.
//
// There is one reader, so that one card at a time can have a channel: that loses no state, because channels of
// different cards know nothing of each other. A random number of a card depends on the card only, so that what it
// answers is computed once for each of its states.
type search struct {
	testing.TB
	clients, sessions, faults int
	all                       []*plastic
	pieces                    [][]byte // of client 0, the owner, 1, ... in session 0, 1, ..., and the adversary's
	mixtures                  map[string]int
	sealed                    [][][]byte // by card and piece
	rest                      []string   // by card
	known                     map[string]int
	memories                  []memory
	replies                   map[asked]reply
	blobs                     []blob
	states                    []state
	seen                      map[node]struct{}
	found                     map[string]int // weaknesses: the first state that shows each
	truncated                 bool
}

type blob struct {
	bytes []byte
	mixed int // set of the pieces that it is encrypted under
}

const (
	maxCards    = 3
	maxSessions = 2
	none        = -1
)

// seat is a card, what the clients believe to have done with it, and what the adversary has overheard.
type seat struct {
	memory  int
	started bool // the owner has, in this session, and the card said yes
	given   int  // set of the clients that have added their piece in this session, or tried and heard nothing
	heard   int  // set of the pieces whose messages crossed the field
}

// node is one state of everything.
type node struct {
	seats           [maxCards]seat
	unlocked        int8 // the card whose channel is open
	session, faults int8
	blobs           [maxSessions]int8 // that were exported, by session
}

type state struct {
	node
	from int
	by   deed
	cut  bool
}

func newSearch(t testing.TB, cardCount, clients, sessions, faults int) *search {
	s := &search{TB: t, clients: clients, sessions: sessions, faults: faults, mixtures: map[string]int{},
		known: map[string]int{}, replies: map[asked]reply{}, seen: map[node]struct{}{}, found: map[string]int{}}
	random := rand.NewChaCha8([32]byte{0xD5})
	for range clients*sessions + 1 {
		piece := make([]byte, wire.EntropySize)
		random.Read(piece)
		s.pieces = append(s.pieces, piece)
	}
	for set := range 1 << len(s.pieces) {
		key := s.mix(set)
		s.mixtures[string(key[:])] = set
	}
	f := cards(t, "2.3")
	start := node{unlocked: none, blobs: [maxSessions]int8{none, none}}
	for i := range cardCount {
		if i == 0 {
			s.all = append(s.all, f.holding(generated))
		} else {
			s.all = append(s.all, f.ready())
		}
		s.rest = append(s.rest, "")
		start.seats[i].memory = s.remember(int8(i), s.all[i].soft.Store())
	}
	s.seal(t)
	s.add(start, none, deed{}, false)
	return s
}

func (s *search) piece(session, client int8) []byte {
	return s.pieces[int(session)*s.clients+int(client)]
}

// owners is the set of the owner's own pieces, adversary that of the adversary's.
func (s *search) owners() (set int) {
	for session := range s.sessions {
		set |= 1 << (session * s.clients)
	}
	return set
}

func (s *search) adversary() int { return 1 << (len(s.pieces) - 1) }

func (s *search) source() *struct{ Private, Chain, Public []byte } { return s.memories[0].key }

// run visits everything, breadth first, up to limit states.
func (s *search) run(limit int) {
	for i := 0; i < len(s.states) && !s.Failed(); i++ {
		if len(s.states) > limit {
			s.truncated = true
			return
		}
		for _, d := range s.deeds(s.states[i].node) {
			s.step(i, d)
		}
	}
}

func (s *search) add(n node, from int, by deed, cut bool) {
	if _, ok := s.seen[n]; ok {
		return
	}
	s.seen[n] = struct{}{}
	s.states = append(s.states, state{n, from, by, cut})
	s.check(n)
}

// deeds are all that somebody may do.
func (s *search) deeds(n node) (all []deed) {
	for c := range s.all {
		at := n.seats[c]
		d := deed{card: int8(c), open: n.unlocked == int8(c)}
		if d.open {
			all = append(all, deed{do: doSelect, card: d.card})
			all = append(all, s.owned(n, d)...)
		} else {
			all = append(all, deed{do: doUnlock, card: d.card})
		}
		for _, p1 := range []int8{wire.DuplicateStart, wire.DuplicateExport, wire.DuplicateImport, bareRemove} {
			all = append(all, deed{do: doBare, card: d.card, arg: p1, open: d.open})
		}
		for piece := range s.pieces {
			if s.mayAdd(n, at, piece) {
				all = append(all, deed{do: doAdd, card: d.card, arg: int8(piece), open: d.open})
			}
		}
	}
	if int(n.session)+1 < s.sessions {
		all = append(all, deed{do: doAnew})
	}
	return all
}

// owned is what the owner does with a card in whose channel he is. He keeps the roles, does nothing twice that he was
// told is done, and takes no target that holds a key, as package duplicate does.
func (s *search) owned(n node, d deed) (all []deed) {
	with := func(do, arg, flip int8) { all = append(all, deed{do, d.card, arg, flip, true}) }
	at := n.seats[d.card]
	key := s.memories[at.memory].key
	if !at.started && (d.card == 0 || key == nil) {
		with(doStart, n.session, 0)
	}
	if d.card == 0 {
		if n.blobs[n.session] == none {
			with(doExport, 0, 0)
		}
		return all
	}
	if key != nil {
		if !bytes.Equal(key.Public, s.source().Public) {
			with(doRemove, 0, 0)
		}
		return all
	}
	for _, b := range n.blobs {
		for flip := range flips {
			if b != none {
				with(doImport, b, int8(flip))
			}
		}
	}
	return all
}

// honest says whether a client adds this piece now: it is his of this session, and he has not met the card.
func (s *search) honest(n node, at seat, piece int) bool {
	client := piece - int(n.session)*s.clients
	return client > 0 && client < s.clients && at.given>>client&1 == 0
}

func (s *search) mayAdd(n node, at seat, piece int) bool {
	own := piece == len(s.pieces)-1
	return s.honest(n, at, piece) || int(n.faults) < s.faults && (own || at.heard>>piece&1 == 1)
}

// trace tells how a state is reached.
func (s *search) trace(i int) string {
	var all []string
	for ; s.states[i].from >= 0; i = s.states[i].from {
		line := s.states[i].by.String()
		if s.states[i].cut {
			line += " and the power is cut"
		}
		all = append([]string{line}, all...)
	}
	return strings.Join(all, ", ")
}

func TestEveryStateOfADuplicationKeepsTheInvariantsAndShowsTheWeaknesses(t *testing.T) {
	searches := []struct {
		name                             string
		cards, clients, sessions, faults int
		want                             []string
	}{
		{"2 cards, 1 client", 2, 1, 1, 2, []string{alone, flipped, chainOnly}},
		{"2 cards, 2 clients, 3 faults", 2, 2, 1, 3, []string{ownPiece, refusal, mismatch, flipped, chainOnly}},
		{"2 cards, 3 clients, 2 faults", 2, 3, 1, 2, []string{twice, ownPiece, refusal, mismatch, flipped, chainOnly}},
		{"3 cards, 2 clients, 1 fault", 3, 2, 1, 1, []string{refusal, mismatch, flipped, chainOnly}},
		{"2 cards, 2 clients, 2 sessions, 1 fault", 2, 2, 2, 1, []string{refusal, mismatch, flipped, chainOnly}},
		{"3 cards, 3 clients, 1 fault", 3, 3, 1, 1, []string{refusal, mismatch, flipped, chainOnly}},
		{"3 cards, 2 clients, 3 faults", 3, 2, 1, 3, []string{ownPiece, refusal, mismatch, flipped, chainOnly}},
		{"3 cards, 3 clients, 3 faults", 3, 3, 1, 3, []string{twice, ownPiece, refusal, mismatch, flipped, chainOnly}},
		{"2 cards, 3 clients, 2 sessions, 3 faults", 2, 3, 2, 3,
			[]string{twice, ownPiece, refusal, mismatch, flipped, chainOnly}},
		{"3 cards, 2 clients, 2 sessions, 2 faults", 3, 2, 2, 2, []string{refusal, mismatch, flipped, chainOnly}},
	}
	switch {
	case testing.Short():
		searches = searches[:4]
	case !*deep:
		searches = searches[:6]
	}
	for _, c := range searches {
		t.Run(c.name, func(t *testing.T) {
			s, began := newSearch(t, c.cards, c.clients, c.sessions, c.faults), time.Now()
			s.run(1 << 22)
			s.mustFind(c.want)
			t.Logf("%d states, %d states of a card, %d different answers, all of them: %v, %v", len(s.states),
				len(s.memories), len(s.replies), !s.truncated, time.Since(began).Round(time.Millisecond))
		})
	}
}
