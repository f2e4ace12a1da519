package duplicate_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tapcard.example/keycard/duplicate"
)

// saved is a client's options with a journal in a file, and all that was ever written to it.
type saved struct {
	file duplicate.File
	all  bytes.Buffer
}

func (s *saved) options(own bool) duplicate.Options {
	return duplicate.Options{Save: func(j duplicate.Journal) error {
		if err := json.NewEncoder(&s.all).Encode(j); err != nil {
			return err
		}
		if own {
			return s.file.SaveOwn(j)
		}
		return s.file.SaveHelped(j)
	}}
}

func TestTheJournalTellsTheWholeStoryAndNoSecret(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	s := &saved{file: journalIn(t)}
	me := owner(all).client(t, s.options(true))
	you, err := duplicate.NewUntrusted(s.options(false))
	must(t, err)
	start(t, me, all)
	add(t, you, all)
	secrets := map[string][]byte{"my piece": bytes.Clone(me.Piece()), "your piece": bytes.Clone(you.Piece()),
		"PIN": []byte(all[0].pin)}
	e, err := me.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	secrets["encrypted key"] = bytes.Clone(e.Blob())
	must(t, me.ImportKey(ctx, all[1].tap(t), e))

	written := bytes.ToLower(s.all.Bytes())
	for name, b := range secrets {
		if bytes.Contains(written, b) || bytes.Contains(written, []byte(hex.EncodeToString(b))) {
			t.Errorf("%s is in the journal", name)
		}
	}
	j, err := s.file.Read()
	must(t, err)
	if !j.Own.Complete() || j.Own.KeyUID != hex.EncodeToString([]byte(all[0].keyUID(t))) || j.Own.Clients != 2 {
		t.Errorf("%+v", j.Own)
	}
	source, ok := j.Own.Source()
	if !ok || source.Start != duplicate.Done || source.Finish != duplicate.Done {
		t.Errorf("%+v", source)
	}
	target, ok := j.Helped.Find(all[1].uid)
	if !ok || target.Entropy != duplicate.Done || target.Role != "" || j.Helped.Clients != 0 {
		t.Errorf("%+v", j.Helped)
	}
}

func TestCloseAndDestroyWipe(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, e := readyToImport(t, all)
	piece, blob := me.Piece(), e.Blob()
	me.Close()
	e.Destroy()
	if !bytes.Equal(piece, make([]byte, 32)) || !bytes.Equal(blob, make([]byte, len(blob))) {
		t.Error("something is left in memory")
	}
}

// A program that died between sending and noting leaves "begun" behind.
func TestWhatIsSentIsWrittenDownBefore(t *testing.T) {
	f := cards(t, "2.3")
	p := f.holding(generated)
	disk := errors.New("disk full")
	o := duplicate.Options{Save: func(duplicate.Journal) error { return disk }}
	wants(t, owner{p}.client(t, o).StartDuplication(ctx, p.tap(t), duplicate.Source), disk)
	if n := p.ch.APDUs(); n != 5 { // up to VERIFY PIN
		t.Errorf("%d commands were sent", n)
	}
	d, err := duplicate.NewUntrusted(o)
	must(t, err)
	wants(t, d.AddEntropy(ctx, p.tap(t)), disk)
	still(t, p)
}

func TestAnotherProcessFinishesWithTheJournal(t *testing.T) {
	f := cards(t, "2.3")
	all, stranger := []*plastic{f.holding(generated), f.ready()}, f.ready()
	everybody := append(owner{stranger}, all...)
	s := &saved{file: journalIn(t)}
	starter := everybody.client(t, s.options(true))
	start(t, starter, all)
	starter.Close()
	add(t, friend(t), all)

	j, err := s.file.Read()
	must(t, err)
	o := s.options(true)
	o.Journal = j.Own
	finisher := everybody.client(t, o)
	wants(t, finisher.StartDuplication(ctx, all[0].tap(t), duplicate.Source), duplicate.ErrClosed)
	_, err = finisher.ExportKey(ctx, stranger.tap(t))
	wants(t, err, duplicate.ErrNotInvolved)
	_, err = finisher.ExportKey(ctx, all[1].tap(t))
	wants(t, err, duplicate.ErrWrongRole)
	e, err := finisher.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	wants(t, finisher.ImportKey(ctx, stranger.tap(t), e), duplicate.ErrNotInvolved)
	must(t, finisher.ImportKey(ctx, all[1].tap(t), e))
	sameKey(t, generated, all)
	if j, err = s.file.Read(); err != nil || !j.Own.Complete() {
		t.Errorf("%+v, %v", j.Own, err)
	}
}

func TestADamagedJournalIsRefusedAndNotRepaired(t *testing.T) {
	good := duplicate.Journal{Began: time.Unix(1, 0).UTC(), Clients: 2, Cards: []duplicate.CardRecord{
		{UID: "000102030405060708090a0b0c0d0e0f", Role: duplicate.Source, Start: duplicate.Done}}}
	encode := func(change func(*duplicate.Journal)) []byte {
		j := good
		j.Cards = append([]duplicate.CardRecord(nil), good.Cards...)
		change(&j)
		raw, err := json.Marshal(map[string]any{"version": 1, "own": j})
		must(t, err)
		return raw
	}
	bad := map[string][]byte{
		"nothing": {}, "no JSON": []byte("xx"), "version": []byte(`{"version":2}`), "field": []byte(`{"version":1,"x":1}`),
		"trailer": append(encode(func(*duplicate.Journal) {}), '{'),
		"UID":     encode(func(j *duplicate.Journal) { j.Cards[0].UID = "00" }),
		"upper":   encode(func(j *duplicate.Journal) { j.Cards[0].UID = "000102030405060708090A0B0C0D0E0F" }),
		"twice":   encode(func(j *duplicate.Journal) { j.Cards = append(j.Cards, j.Cards[0]) }),
		"role":    encode(func(j *duplicate.Journal) { j.Cards[0].Role = "judge" }),
		"step":    encode(func(j *duplicate.Journal) { j.Cards[0].Finish = "nearly" }),
		"sources": encode(func(j *duplicate.Journal) {
			j.Cards = append(j.Cards, duplicate.CardRecord{UID: "100102030405060708090a0b0c0d0e0f", Role: duplicate.Source})
		}),
		"clients": encode(func(j *duplicate.Journal) { j.Clients = 128 }),
		"key UID": encode(func(j *duplicate.Journal) { j.KeyUID = "00" }),
	}
	for name, raw := range bad {
		path := filepath.Join(t.TempDir(), "duplication.json")
		must(t, os.WriteFile(path, raw, 0o600))
		if _, err := duplicate.OpenFile(path).Read(); err == nil {
			t.Errorf("%s: read", name)
		}
		if err := duplicate.OpenFile(path).SaveOwn(good); err == nil {
			t.Errorf("%s: overwritten", name)
		}
	}
	if _, err := duplicate.ParseJournals(encode(func(*duplicate.Journal) {})); err != nil {
		t.Error(err)
	}
}

func FuzzJournalIsReadOrRefused(f *testing.F) {
	f.Add([]byte(`{"version":1,"own":{"began":"2026-01-01T00:00:00Z","clients":2,"cards":[` +
		`{"card":"000102030405060708090a0b0c0d0e0f","role":"source","start":"done"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		j, err := duplicate.ParseJournals(raw)
		if err != nil || j.Own == nil {
			return
		}
		again, err := json.Marshal(map[string]any{"version": 1, "own": j.Own})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := duplicate.ParseJournals(again); err != nil {
			t.Errorf("%s was read, and %s is not: %v", raw, again, err)
		}
	})
}
