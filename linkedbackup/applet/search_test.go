package applet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

var deep = flag.Bool("search.deep", false, "search the states of more cards and runs too, for some minutes")

// search visits every state that a set of real applets and a hostile host can get into, in as many ways as there are.
// The host keeps every message, and in each state does everything: any message to any card, in any order and
// combination, aborts, resets, reading bundles. Each of these with the answer, and with the answer lost (which is what
// a cut of power after the commit comes to; one before it is nothing). Bounds: how often a card begins or joins a run,
// and how often it is reset.
//
// Random numbers depend on the card and the number of its runs only. So the order of what happens on different cards
// does not show in the states, and what one card answers is computed once for each of its states.
type search struct {
	testing.TB
	size            byte // of the sets that are begun
	runs, resets    int
	names           []string
	snapshots, msgs interned
	answers         map[string]answer
	seen            map[string]int // by key: number of the state
	nodes           []node
	back            [][]int // for each state, from which ones it is reached
	truncated       bool
}

// interned gives equal byte strings equal numbers.
type interned struct {
	number map[string]int
	text   []string
}

func (n *interned) of(s string) int {
	if i, ok := n.number[s]; ok {
		return i
	}
	if n.number == nil {
		n.number = map[string]int{}
	}
	n.number[s] = len(n.text)
	n.text = append(n.text, s)
	return len(n.text) - 1
}

// node is one state: of all cards, and of what the host has.
type node struct {
	cards []place
	pool  []int  // messages, ascending
	ever  string // who has ever held the key: a letter for each card
	given string // the set that the key was given to, as bytes; empty before
	fair  bool   // nothing was reset on the way, and the key was given to cards that wait for it and go on waiting
}

type place struct{ snapshot, runs, resets int }

// answer is what a card in one state does with one command.
type answer struct {
	snapshot int
	data     []byte
	refusal  *wire.Refusal
}

func (n node) key() string { return fmt.Sprint(n.cards, n.pool, n.ever, n.fair) }

// newSearch starts with an active card and empty ones.
func newSearch(t testing.TB, cards int, size byte, runs, resets int) *search {
	s := &search{TB: t, size: size, runs: runs, resets: resets, answers: map[string]answer{}, seen: map[string]int{}}
	w := newWorld(t, 90)
	start := node{ever: "S", fair: true}
	for i := range cards {
		c := w.empty(string("SABC"[i]))
		if i == 0 {
			c.open().ok(wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
		}
		s.names = append(s.names, c.name)
		start.cards = append(start.cards, place{snapshot: s.snapshots.of(c.memory())})
	}
	s.add(start, -1)
	return s
}

// run visits everything, breadth first, up to limit states.
func (s *search) run(limit int) {
	for i := 0; i < len(s.nodes); i++ {
		if len(s.nodes) > limit {
			s.truncated = true
			return
		}
		for card := range s.nodes[i].cards {
			for _, cmd := range s.commands(s.nodes[i], card) {
				s.step(i, card, cmd)
			}
		}
	}
}

func (s *search) add(n node, from int) {
	i, ok := s.seen[n.key()]
	if !ok {
		i = len(s.nodes)
		s.seen[n.key()] = i
		s.nodes, s.back = append(s.nodes, n), append(s.back, nil)
		s.check(n)
	}
	if from >= 0 {
		s.back[i] = append(s.back[i], from)
	}
}

// commands are all that make sense to send to a card, and many that do not.
func (s *search) commands(n node, card int) (all []iso7816.Command) {
	at := n.cards[card]
	more := at.runs < s.runs || s.inside(at.snapshot).Run != nil // the run that is open may be asked about again
	if more {
		all = append(all, wire.BeginCommand(s.size))
	}
	all = append(all, wire.AbortCommand())
	if at.resets < s.resets {
		all = append(all, wire.ResetCommand(code(theCode)))
	}
	for slot := byte(1); slot < s.size; slot++ {
		all = append(all, wire.BundleCommand(slot))
	}
	var joins []int
	for _, m := range n.pool {
		text := []byte(s.msgs.text[m])
		switch {
		case len(text) == wire.OfferSize && more:
			all = append(all, iso7816.Command{INS: wire.InsJoin, Data: text})
		case len(text) == wire.JoinSize:
			joins = append(joins, m)
		case len(text) == wire.BundleSize(int(s.size)):
			all = append(all, iso7816.Command{INS: wire.InsImport, Data: text})
		}
	}
	return append(all, s.commits(joins, int(s.size)-1)...)
}

// commits are all choices of n joins, in any order, also the same twice.
func (s *search) commits(joins []int, n int) (all []iso7816.Command) {
	choices := [][]byte{nil}
	for range n {
		var longer [][]byte
		for _, c := range choices {
			for _, j := range joins {
				longer = append(longer, append(bytes.Clone(c), s.msgs.text[j]...))
			}
		}
		choices = longer
	}
	for _, data := range choices {
		all = append(all, iso7816.Command{INS: wire.InsCommit, Data: data})
	}
	return all
}

// step adds the states that a command leads to.
func (s *search) step(from, card int, cmd iso7816.Command) {
	n := s.nodes[from]
	a := s.ask(card, n.cards[card], cmd)
	if a.refusal != nil {
		if a.snapshot != n.cards[card].snapshot {
			s.Errorf("invariant 8: card %s refused INS %02X and changed", s.names[card], cmd.INS)
		}
		return
	}
	next := n
	next.cards = slices.Clone(n.cards)
	at := &next.cards[card]
	if at.snapshot != a.snapshot {
		s.transition(n, &next, card, cmd, a)
	}
	at.snapshot = a.snapshot
	s.add(next, from) // the answer is lost
	next.pool = s.learn(n.pool, cmd.INS, a.data)
	s.add(next, from)
}

// learn adds the messages of an answer to what the host has.
func (s *search) learn(pool []int, ins byte, data []byte) []int {
	size := map[byte]int{wire.InsBegin: wire.OfferSize, wire.InsJoin: wire.JoinSize,
		wire.InsCommit: wire.BundleSize(int(s.size)), wire.InsBundle: wire.BundleSize(int(s.size))}[ins]
	pool = slices.Clone(pool)
	for ; size > 0 && len(data) > 0; data = data[size:] {
		pool = append(pool, s.msgs.of(string(data[:size])))
	}
	sort.Ints(pool)
	return slices.Compact(pool)
}

// ask has a card in a state run a command.
func (s *search) ask(card int, at place, cmd iso7816.Command) answer {
	key := fmt.Sprint(card, at, cmd.INS, cmd.P1, s.msgs.of(string(cmd.Data)))
	if a, ok := s.answers[key]; ok {
		return a
	}
	store, err := softcard.Restore([]byte(s.snapshots.text[at.snapshot]))
	must(s, err)
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], uint64(card+1))
	binary.BigEndian.PutUint64(seed[8:], uint64(at.runs+1))
	binary.BigEndian.PutUint64(seed[16:], uint64(at.resets+1))
	a, err := applet.New(applet.Options{Env: softcard.Env{Store: store, Rand: rand.NewChaCha8(seed), Now: time.Now}})
	must(s, err)
	data, refusal := a.Within(cmd)
	memory, err := store.Snapshot()
	must(s, err)
	s.answers[key] = answer{s.snapshots.of(string(memory)), bytes.Clone(data), refusal}
	return s.answers[key]
}

func (s *search) inside(snapshot int) inside {
	var cells struct{ Linked inside }
	must(s, json.Unmarshal([]byte(s.snapshots.text[snapshot]), &cells))
	return cells.Linked
}

// transition keeps the books of a change of one card, and checks what is about changes: invariants 3, 4 and 6.
func (s *search) transition(n node, next *node, card int, cmd iso7816.Command, a answer) {
	before, now := s.inside(n.cards[card].snapshot), s.inside(a.snapshot)
	at := &next.cards[card]
	switch cmd.INS {
	case wire.InsBegin, wire.InsJoin:
		at.runs++
	case wire.InsAbort:
		next.fair = n.fair && n.given == ""
	case wire.InsReset:
		next.fair = false
		at.resets++
		if all := allBytes(s, s.snapshots.text[a.snapshot]); bytes.Contains(all, before.Wallet.Private) ||
			bytes.Contains(all, before.Wallet.Chain) || bytes.Contains(all, before.Code) {
			s.Errorf("invariant 6: card %s remembers its key after a reset", s.names[card])
		}
	}
	if before.Link != nil && cmd.INS != wire.InsReset {
		s.Errorf("invariant 3: INS %02X changed card %s, which has a finished backup", cmd.INS, s.names[card])
	}
	if before.Link != nil || now.Link == nil {
		return
	}
	set := fmt.Sprint(now.Link.Set)
	if cmd.INS == wire.InsCommit {
		if n.given != "" {
			s.Errorf("invariant 1: the key was given twice")
		}
		next.given = set
		next.fair = next.fair && s.waiting(n, cmd.Data)
	}
	if set != next.given || string(now.Code) != theCode {
		s.Errorf("invariant 4: card %s took another set or code than was given", s.names[card])
	}
	if !strings.Contains(next.ever, s.names[card]) {
		ever := strings.Split(next.ever+s.names[card], "")
		slices.Sort(ever)
		next.ever = strings.Join(ever, "")
	}
}

// waiting says whether the cards whose joins these are still wait for their bundles.
func (s *search) waiting(n node, joins []byte) bool {
	for ; len(joins) > 0; joins = joins[wire.JoinSize:] {
		waits := slices.ContainsFunc(n.cards, func(at place) bool {
			in := s.inside(at.snapshot)
			return in.Run != nil && bytes.Equal(in.Run.Join, joins[:wire.JoinSize])
		})
		if !waits {
			return false
		}
	}
	return true
}

// check is for what holds in every state: invariants 1, 2, 4 and 9.
func (s *search) check(n node) {
	allowed := 1
	if n.given != "" {
		allowed = int(s.size)
	}
	if len(n.ever) > allowed {
		s.Errorf("invariant 1: the cards %s have held a key that %d may hold", n.ever, allowed)
	}
	for i, at := range n.cards {
		in := s.inside(at.snapshot)
		if in.Wallet != nil && !strings.Contains(n.ever, s.names[i]) || (in.Wallet == nil) != (len(in.Code) == 0) {
			s.Errorf("invariant 4: card %s has a key, or half of one, without an import", s.names[i])
		}
		if in.Link != nil && in.Run != nil {
			s.Errorf("invariant 9: card %s keeps a run after its end", s.names[i])
		}
	}
}

// complete says whether all the members of the set have the key.
func (s *search) complete(n node) bool {
	linked := 0
	for _, at := range n.cards {
		if s.inside(at.snapshot).Link != nil {
			linked++
		}
	}
	return linked == int(s.size)
}

// stuck is invariant 5: the fair states from which no complete set can be reached, although every card may begin or
// join one more run. Of a search that was cut short nothing is known.
func (s *search) stuck() (n int) {
	reaches := make([]bool, len(s.nodes))
	var todo []int
	for i, node := range s.nodes {
		if s.complete(node) {
			reaches[i], todo = true, append(todo, i)
		}
	}
	for ; len(todo) > 0; todo = todo[1:] {
		for _, from := range s.back[todo[0]] {
			if !reaches[from] {
				reaches[from], todo = true, append(todo, from)
			}
		}
	}
	for i, node := range s.nodes {
		spare := !slices.ContainsFunc(node.cards, func(at place) bool { return at.runs >= s.runs })
		if node.fair && spare && !reaches[i] {
			n++
		}
	}
	return n
}

func TestEveryStateOfASearchKeepsTheInvariants(t *testing.T) {
	searches := []struct {
		name         string
		cards        int
		size         byte
		runs, resets int
		limit        int
	}{
		{"2 cards, sets of 2, 2 runs and 1 reset each", 2, 2, 2, 1, 1 << 20},
		{"3 cards, sets of 2, 2 runs each", 3, 2, 2, 0, 1 << 20},
		{"3 cards, sets of 2, 1 run and 1 reset each", 3, 2, 1, 1, 1 << 20},
		{"3 cards, sets of 3, 1 run and 1 reset each", 3, 3, 1, 1, 1 << 20},
		{"4 cards, sets of 3, 1 run each", 4, 3, 1, 0, 1 << 20},
		{"3 cards, sets of 2, 2 runs and 1 reset each", 3, 2, 2, 1, 1 << 20},
		{"3 cards, sets of 3, 2 runs each", 3, 3, 2, 0, 1 << 20},
		{"3 cards, sets of 3, 2 runs and 1 reset each", 3, 3, 2, 1, 1 << 18},
		{"4 cards, sets of 3, 2 runs each", 4, 3, 2, 0, 1 << 18},
	}
	switch {
	case testing.Short():
		searches = searches[:5]
	case !*deep:
		searches = searches[:7]
	}
	for _, c := range searches {
		t.Run(c.name, func(t *testing.T) {
			s := newSearch(t, c.cards, c.size, c.runs, c.resets)
			start := time.Now()
			s.run(c.limit)
			if t.Failed() {
				return
			}
			if n := s.stuck(); n > 0 && !s.truncated {
				t.Errorf("invariant 5: from %d states no set can be completed", n)
			}
			t.Logf("%d states, %d different answers, all of them: %v, %v", len(s.nodes), len(s.answers), !s.truncated,
				time.Since(start).Round(time.Millisecond))
		})
	}
}
