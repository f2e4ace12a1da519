package duplicate_test

import (
	"bytes"
	"os"
	"slices"
	"strings"

	"tapcard.example/keycard/wire"
)

// The weaknesses of the scheme. Each is the sentence of the package comment that names it.
const (
	alone = "With one client that client alone is trusted with everything."
	twice = "A piece that comes twice cancels itself, so that a copy can be right and yet have travelled under the " +
		"owner's piece alone."
	ownPiece  = "A piece of an outsider can take the place of a client's in all cards, and the copy is right all the same."
	refusal   = "The client whose place was taken is refused by the card (ErrPiecesMissing): that is an alarm, not a nuisance."
	mismatch  = "Anyone who has a card in hand for a second can add a piece of his own and spoil the session."
	flipped   = "A changed byte of it can make another private key, which only the key UID shows."
	chainOnly = "A change that hits the chain code alone does not even show there: the addresses are other ones."
)

// step does something, and checks what is about changes.
func (s *search) step(from int, d deed) {
	n := s.states[from].node
	switch d.do {
	case doUnlock:
		n.unlocked = d.card
	case doSelect:
		n.unlocked = none
	case doAnew:
		n.session++
		for i := range n.seats {
			n.seats[i].started, n.seats[i].given = false, 0
		}
	default:
		s.command(from, n, d)
		return
	}
	s.add(n, from, d, false)
}

// command adds the states that a command leads to: with its answer, and with the power cut before and after the commit.
func (s *search) command(from int, n node, d deed) {
	at := &n.seats[d.card]
	before := s.memories[at.memory]
	client := 0
	byClient := d.do == doAdd && s.honest(n, *at, int(d.arg))
	if byClient {
		client = 1 << (int(d.arg) - int(n.session)*s.clients)
		at.heard |= 1 << d.arg
	} else if d.do == doAdd {
		n.faults++
	}
	r := s.ask(s.states[from].seats[d.card].memory, d)
	s.changes(from, n, d, before, r)
	if !r.ok {
		s.refused(from, n, d, before, byClient)
	}
	if d.open && !r.open {
		n.unlocked = none
	}
	at.memory = r.memory
	if r.changed && int(n.faults) < s.faults {
		s.cut(from, n, d, client, at.memory)
	}
	if r.ok {
		s.believe(&n, d, client, r)
	}
	s.add(n, from, d, false)
}

// cut adds the states in which nobody hears the answer. A client does not try again then, the owner does.
func (s *search) cut(from int, n node, d deed, client, after int) {
	n.faults++
	if d.open {
		n.unlocked = none
	}
	n.seats[d.card].given |= client
	s.add(n, from, d, true)
	n.seats[d.card].memory = s.states[from].seats[d.card].memory
	s.add(n, from, d, true)
}

// believe is what the clients make of a yes.
func (s *search) believe(n *node, d deed, client int, r reply) {
	at := &n.seats[d.card]
	at.given |= client
	switch d.do {
	case doStart:
		at.started = true
	case doExport:
		n.blobs[n.session] = s.blob([]byte(r.data), 0)
	}
}

// blob interns a blob.
func (s *search) blob(b []byte, mixed int) int8 {
	i := slices.IndexFunc(s.blobs, func(have blob) bool { return bytes.Equal(have.bytes, b) })
	if i < 0 {
		i, s.blobs = len(s.blobs), append(s.blobs, blob{b, mixed})
	}
	return int8(i)
}

// refused checks that a card refuses nobody who has done nothing wrong, while nobody else does.
func (s *search) refused(from int, n node, d deed, before memory, byClient bool) {
	at := n.seats[d.card]
	switch {
	case byClient && at.started:
		s.weak(refusal, from, n, d)
	case d.do == doImport && d.flip == 0 && before.missing == 0 && s.blobs[d.arg].mixed != before.mixed:
		s.weak(mismatch, from, n, d)
	case d.do == doImport && d.flip == 0 && before.missing == 0:
		s.Errorf("card %d refuses a blob that it can decrypt, after %s", d.card, s.trace(from))
	}
}

// weak notes that a weakness shows. Without a fault, and without sessions that are mixed up, none of these may.
func (s *search) weak(which string, from int, n node, d deed) {
	if n.faults == 0 && n.session == 0 && d.flip == 0 && which != alone {
		s.Errorf("%q without anybody's fault: %v after %s", which, d, s.trace(from))
	}
	if _, ok := s.found[which]; !ok {
		s.found[which] = from
		s.Logf("%q\n  %v, after %s", which, d, s.trace(from))
	}
}

// changes checks what a command has changed: who may, and what.
func (s *search) changes(from int, n node, d deed, before memory, r reply) {
	now := s.memories[r.memory]
	src := s.source()
	for _, hidden := range [][]byte{src.Private, src.Chain} {
		if strings.Contains(r.data, string(hidden)) {
			s.Errorf("%v gives the key in the clear, after %s", d, s.trace(from))
		}
	}
	switch {
	case d.do == doBare && (r.ok || r.changed):
		s.Errorf("%v without PIN did something, after %s", d, s.trace(from))
	case d.do == doAdd && r.ok != (before.missing > 0):
		s.Errorf("%v: answered %v while %d pieces are missing", d, r.ok, before.missing)
	case d.do == doAdd && r.ok && (now.missing != before.missing-1 || now.mixed != before.mixed^1<<d.arg):
		s.Errorf("%v: from %d to %d missing pieces", d, before.missing, now.missing)
	case (d.do == doImport || d.do == doExport) && before.missing == 0 && now.missing != none:
		s.Errorf("%v does not end the session", d)
	case d.do != doImport && d.do != doRemove && now.key != nil && before.key == nil:
		s.Errorf("%v brings a key", d)
	}
	if d.do == doExport && r.ok {
		s.exported(from, n, d, before, []byte(r.data))
	}
	if d.do == doImport && r.ok {
		s.imported(from, n, d, before, now, r)
	}
}

// exported checks who can read a blob: nobody without the owner's piece, whoever else works together.
func (s *search) exported(from int, n node, d deed, before memory, b []byte) {
	s.blob(b, before.mixed)
	session := (1<<s.clients - 1) << (int(n.session) * s.clients)
	switch {
	case before.missing != 0 || !s.opens(before.mixed, b):
		s.Errorf("the blob is not encrypted under the pieces, after %s", s.trace(from))
	case before.mixed&s.owners() == 0 || s.opens(before.mixed&^s.owners(), b):
		s.Errorf("the blob can be read without the owner's piece, after %s", s.trace(from))
	case n.faults == 0 && n.session == 0 && before.mixed != session:
		s.Errorf("a client's piece is not in, though nobody interfered, after %s", s.trace(from))
	}
	if s.clients == 1 && s.opens(before.mixed&s.owners(), b) {
		s.weak(alone, from, n, d)
	}
}

// imported checks a target's new key. If the blob came as it was, it is the source's; if not, and it is another key,
// then the key UID says so, which the card answers and shows ever after.
func (s *search) imported(from int, n node, d deed, before, now memory, r reply) {
	src, blob := s.source(), s.blobs[d.arg]
	uid := wire.KeyUID([wire.PublicKeySize]byte(src.Public))
	samePrivate, sameChain := bytes.Equal(now.key.Private, src.Private), bytes.Equal(now.key.Chain, src.Chain)
	same := r.data == string(uid[:])
	switch {
	case !d.open || before.missing != 0 || before.mixed != blob.mixed:
		s.Errorf("%v succeeds without channel or pieces, after %s", d, s.trace(from))
	case d.flip == 0 && !(samePrivate && sameChain):
		s.Errorf("%v: a wrong key from the right blob, after %s", d, s.trace(from))
	case same != samePrivate || same != bytes.Equal(now.key.Public, src.Public):
		s.Errorf("%v: the key UID does not tell a wrong private key, after %s", d, s.trace(from))
	case !same:
		s.weak(flipped, from, n, d)
	case !sameChain:
		s.weak(chainOnly, from, n, d)
	case d.flip == 0 && blob.mixed&^s.owners() == 0 && s.clients > 1 && s.opens(blob.mixed&s.owners(), blob.bytes):
		s.weak(twice, from, n, d)
	case d.flip == 0 && blob.mixed&s.adversary() != 0:
		s.weak(ownPiece, from, n, d)
	}
}

// check is for what holds in every state: the source keeps its key, and a target's is the source's or known as wrong.
func (s *search) check(n node) {
	src := s.source()
	for i := range s.all {
		key := s.memories[n.seats[i].memory].key
		if i == 0 && (key == nil || !bytes.Equal(key.Private, src.Private) || !bytes.Equal(key.Chain, src.Chain)) {
			s.Errorf("the source has lost its key")
		}
		if key != nil && bytes.Equal(key.Public, src.Public) != bytes.Equal(key.Private, src.Private) {
			s.Errorf("card %d shows the key UID of another key than it holds", i)
		}
		imported := n.blobs != [maxSessions]int8{none, none}
		if i > 0 && key != nil && !imported {
			s.Errorf("card %d holds a key that was never exported", i)
		}
	}
}

// mustFind wants the weaknesses to have shown, and the package comment to name them.
func (s *search) mustFind(want []string) {
	raw, err := os.ReadFile("doc.go")
	must(s, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(raw), "//", " ")), " ")
	for _, w := range want {
		if _, ok := s.found[w]; !ok && !s.Failed() {
			s.Errorf("the search has not found this weakness: %q", w)
		}
	}
	for w := range s.found {
		if !strings.Contains(text, w) {
			s.Errorf("the search has found what the package comment does not say: %q", w)
		}
	}
}
