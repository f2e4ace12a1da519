package duplicate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// Things that a search does to a card.
const (
	doStart  = iota // the owner, PIN verified
	doExport        // the owner
	doImport        // the owner, with whatever blob he was brought
	doRemove        // the owner, who has seen a wrong key UID
	doAdd           // anybody: the bytes that a client once made for this card, or that the adversary makes
	doBare          // anybody, without a channel: what only the owner may do
	doUnlock        // the owner: SELECT, channel, PIN
	doSelect        // anybody: channel and PIN are forgotten
	doAnew          // the owner gives up and all clients begin a new session
)

// deed is one of them. arg is a session, a piece, a blob, or P1 of what is tried without a channel.
type deed struct {
	do, card, arg, flip int8
	open                bool // the owner's channel was open before
}

func (d deed) String() string {
	names := []string{"START", "EXPORT", "IMPORT", "REMOVE KEY", "ADD ENTROPY", "bare", "unlock", "SELECT", "anew"}
	return fmt.Sprintf("%s(card %d, %d, flip %d)", names[d.do], d.card, d.arg, d.flip)
}

// flips are the places where a blob is changed: nowhere, the private key (by way of the IV), and the chain code alone.
var flips = []int{-1, 4, 16 + 3*16}

// reply is what a card in one state does when one deed is done to it. changed tells a cut of power after the commit
// from one before it.
type reply struct {
	ok, open, changed bool
	memory            int
	data              string
}

// memory is what a card in one state remembers that matters here.
type memory struct {
	snapshot []byte
	key      *struct{ Private, Chain, Public []byte }
	missing  int // pieces to come, -1 without a session
	mixed    int // set of the pieces that its duplication key is made of
}

// remember interns a card's memory, and checks what must hold of it wherever it occurs: the counters, and that nothing
// has changed but keys and sessions.
func (s *search) remember(c int8, store *softcard.Store) int {
	raw, err := store.Snapshot()
	must(s, err)
	var cells map[string]map[string]json.RawMessage
	must(s, json.Unmarshal(raw, &cells))
	cells["keycard"]["Selects"] = []byte("0") // never enough of them for a new channel key, on which no old message fits
	snapshot, err := json.Marshal(cells)
	must(s, err)
	if i, ok := s.known[string(snapshot)]; ok {
		return i
	}
	m := memory{snapshot: snapshot}
	var in struct {
		Key            *struct{ Private, Chain, Public []byte }
		Duplication    int
		DuplicationKey []byte
	}
	own, err := json.Marshal(cells["keycard"])
	must(s, err)
	must(s, json.Unmarshal(own, &in))
	m.key, m.missing = in.Key, in.Duplication
	mixed, made := s.mixtures[string(in.DuplicationKey)]
	if m.mixed = mixed; m.missing >= 0 && !made {
		s.Errorf("card %d mixes what nobody has given", c)
	}
	if m.missing < -1 || m.missing >= s.clients || m.missing < 0 && len(in.DuplicationKey) > 0 {
		s.Errorf("card %d waits for %d pieces with %d bytes of key", c, m.missing, len(in.DuplicationKey))
	}
	for _, name := range []string{"Key", "Path", "Pinless", "Duplication", "DuplicationKey"} {
		delete(cells["keycard"], name)
	}
	rest, err := json.Marshal(cells)
	must(s, err)
	if s.rest[c] == "" {
		s.rest[c] = string(rest)
	}
	if s.rest[c] != string(rest) {
		s.Errorf("PIN, tries or pairings of card %d have changed", c)
	}
	s.known[string(snapshot)] = len(s.memories)
	s.memories = append(s.memories, m)
	return len(s.memories) - 1
}

// ask has a real applet in one state do something, and again with the power cut at its commit: then its memory is the
// one before or the one after.
func (s *search) ask(at int, d deed) reply {
	key := asked{at, d}
	if r, ok := s.replies[key]; ok {
		return r
	}
	r := s.try(at, d, softcard.NoFault)
	r.changed = r.memory != at
	if r.changed {
		if cut := s.try(at, d, softcard.CutBefore); cut.ok || cut.memory != at {
			s.Errorf("%v: not as before with the power cut before the commit", d)
		}
		if cut := s.try(at, d, softcard.CutAfter); cut.ok || cut.memory != r.memory {
			s.Errorf("%v: not as it ends with the power cut after the commit", d)
		}
	}
	s.replies[key] = r
	return r
}

type asked struct {
	memory int
	deed   deed
}

func (s *search) try(at int, d deed, f softcard.Fault) reply {
	store, err := softcard.Restore(s.memories[at].snapshot)
	must(s, err)
	profile, err := applet.ProfileByName("2.3")
	must(s, err)
	soft, err := applet.NewCard(applet.Options{Profile: profile,
		Env: softcard.Env{Store: store, Rand: rand.NewChaCha8([32]byte{byte(d.card + 1)}), Now: time.Now}})
	must(s, err)
	p := *s.all[d.card]
	p.soft, p.link = soft, loopback.Connect(soft, "search")
	var session *keycard.Session
	if d.open {
		session = p.open(s)
	} else {
		p.tap(s)
	}
	store.Inject(softcard.CutAt(1, f))
	data, err := s.perform(&p, session, d)
	store.Inject(nil)
	r := reply{ok: err == nil, memory: s.remember(d.card, store), data: string(data)}
	if f == softcard.NoFault && session != nil {
		_, err := session.Raw(ctx, iso7816.Command{INS: wire.InsGetStatus, Ne: iso7816.MaxShortNe})
		r.open = err == nil
	}
	return r
}

// perform does it: the owner through the host's package, anybody else with bytes.
func (s *search) perform(p *plastic, session *keycard.Session, d deed) ([]byte, error) {
	switch d.do {
	case doStart:
		return nil, session.DuplicateStart(ctx, s.clients, secret.Copy(s.piece(d.arg, 0)))
	case doExport:
		return session.DuplicateExport(ctx)
	case doImport:
		uid, err := session.DuplicateImport(ctx, s.flipped(d))
		return uid[:], err
	case doRemove:
		return nil, session.RemoveKey(ctx)
	case doAdd:
		return s.bare(p, wire.DuplicateEntropyCommand(s.sealed[d.card][d.arg]))
	}
	cmd := iso7816.Command{CLA: 0x80, INS: wire.InsDuplicate, P1: byte(d.arg), Ne: iso7816.MaxShortNe}
	switch d.arg {
	case wire.DuplicateStart:
		cmd.P2, cmd.Data = 1, s.pieces[len(s.pieces)-1]
	case wire.DuplicateImport:
		cmd.Data = make([]byte, 96)
	case bareRemove:
		cmd = wire.RemoveKeyCommand()
	}
	return s.bare(p, cmd)
}

// bareRemove is REMOVE KEY among the values of P1.
const bareRemove = 0x7F

func (s *search) bare(p *plastic, cmd iso7816.Command) ([]byte, error) {
	raw, err := cmd.Bytes()
	must(s, err)
	answer, err := p.link.Transmit(ctx, raw)
	if err != nil {
		return nil, err
	}
	r, err := iso7816.ParseResponse(answer)
	must(s, err)
	if r.SW != iso7816.OK {
		return r.Data, fmt.Errorf("answered %v", r.SW)
	}
	return r.Data, nil
}

// flipped is the blob that is imported.
func (s *search) flipped(d deed) []byte {
	b := slices.Clone(s.blobs[d.arg].bytes)
	if at := flips[d.flip]; at >= 0 {
		b[at] ^= 0x40
	}
	return b
}

// open decrypts a blob under the key that a set of pieces makes, and says whether that is the source's key.
func (s *search) opens(set int, blob []byte) bool {
	key := s.mix(set)
	template, err := wire.OpenDuplicate(key, blob)
	return err == nil && bytes.Contains(template, s.source().Private)
}

func (s *search) mix(set int) (key [wire.EntropySize]byte) {
	for i, p := range s.pieces {
		if set>>i&1 == 1 {
			wire.MixEntropy(&key, [wire.EntropySize]byte(p))
		}
	}
	return key
}

// seal makes each message of ADD ENTROPY that each card can be sent: from every piece, for the channel key of the card.
func (s *search) seal(t testing.TB) {
	mine, err := wire.ChannelKeyFrom([32]byte{31: 7})
	must(t, err)
	for _, p := range s.all {
		shared, err := mine.Agree(p.tap(t).Info().PublicKey)
		must(t, err)
		var of [][]byte
		for i, piece := range s.pieces {
			of = append(of, wire.SealOneShot(mine.Public, shared[:], bytes.Repeat([]byte{byte(i)}, 16), piece))
		}
		s.sealed = append(s.sealed, of)
	}
}
