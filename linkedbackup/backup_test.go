package linkedbackup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/wire"
)

func TestABackupOfThreeTakesSixTapsAndFewerThanThirtyCommands(t *testing.T) {
	k := newKit(t)
	b := k.backup(k.active(), k.empty(), k.empty())
	t.Logf("%d taps, %d commands", k.taps, k.sent)
	if k.taps != 6 || k.sent != 19 {
		t.Errorf("%d taps and %d commands instead of 6 and 19", k.taps, k.sent)
	}
	for i, m := range b.Members() {
		if m.Slot != i || !m.Done {
			t.Errorf("member %d is %+v", i, m)
		}
	}
}

func TestABackupOfTwoTakesFourTaps(t *testing.T) {
	k := newKit(t)
	k.backup(k.active(), k.empty())
	if k.taps != 4 || k.sent != 14 {
		t.Errorf("%d taps and %d commands", k.taps, k.sent)
	}
}

// counting counts the exchanges of a whole backup, and loses one.
type counting struct {
	card.Link
	n    *int
	lose int
	late bool // the card acts, and its answer is lost; else it never gets the command
}

func (l counting) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	*l.n++
	if *l.n != l.lose {
		return l.Link.Transmit(ctx, command)
	}
	if l.late {
		if _, err := l.Link.Transmit(ctx, command); err != nil {
			return nil, err
		}
	}
	return nil, card.ErrRemoved
}

// A card is pulled away once, at every command of a backup in turn. The process is another one after each error: it has
// nothing but its journal, or not even that.
func TestABackupGoesOnAfterAnyInterruption(t *testing.T) {
	const commands = 19
	step := 1
	if testing.Short() {
		step = 4
	}
	for _, journal := range []bool{true, false} {
		for _, late := range []bool{false, true} {
			for lose := 1; lose <= commands; lose += step {
				t.Run(fmt.Sprintf("journal %v, late %v, command %d", journal, late, lose), func(t *testing.T) {
					interrupted(t, journal, late, lose)
				})
			}
		}
	}
}

func interrupted(t *testing.T, journal, late bool, lose int) {
	k := newKit(t)
	cards := []soft{k.active(), k.empty(), k.empty()}
	n := 0
	k.through = func(l card.Link) card.Link { return counting{l, &n, lose, late} }
	path := filepath.Join(t.TempDir(), "journal")
	b, err := linkedbackup.StartBackup(path, len(cards))
	must(t, err)
	errs := 0
	for !b.Done() {
		err := k.step(b, which(b, cards))
		if err == nil {
			continue
		}
		if wants(t, err, card.ErrRemoved); t.Failed() {
			return
		}
		errs++
		if !journal {
			must(t, os.Remove(path))
			b, err = linkedbackup.StartBackup(path, len(cards))
		} else {
			b, err = linkedbackup.ResumeBackup(path)
		}
		must(t, err)
	}
	if errs != 1 {
		t.Errorf("%d errors", errs)
	}
	k.checkSet(cards...)
	must(t, b.Remove())
	if _, err := linkedbackup.ResumeBackup(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal is still there: %v", err)
	}
}

// checkSet wants all cards to be one set, and to sign alike.
func (k *kit) checkSet(cards ...soft) {
	k.Helper()
	var all []linkedbackup.Attestation
	var first [32]byte
	for i, c := range cards {
		all = append(all, c.attest())
		sigs, err := c.login().Sign(k.ctx, []uint32{1}, [][32]byte{{1}})
		must(k, err)
		if i == 0 {
			first = sigs[0].S
		}
		if sigs[0].S != first {
			k.Errorf("card %d signs with another key", i)
		}
	}
	must(k, linkedbackup.CheckSet(all))
}

func TestOnlyTheNextCardIsSentAnything(t *testing.T) {
	k := newKit(t)
	s, a, c := k.active(), k.empty(), k.empty()
	other := k.active()
	linked := k.empty()
	k.backup(k.active(), linked)
	b, err := linkedbackup.StartBackup("", 3)
	must(t, err)
	wrong := func(cards ...soft) {
		t.Helper()
		for i, w := range cards {
			k.sent = 0
			wants(t, k.step(b, w), card.ErrCardMismatch)
			if k.sent != 1 {
				t.Errorf("wrong card %d was sent %d commands besides SELECT", i, k.sent-1)
			}
		}
	}
	wrong(a, linked)
	must(t, k.step(b, s))
	wrong(s, other, linked)
	must(t, k.step(b, a))
	wrong(a, s)
	must(t, k.step(b, c))
	wrong(a, c, other)
	must(t, k.step(b, s))
	wrong(s, other, linked)
	must(t, k.step(b, c)) // in any order now
	wrong(s)
	must(t, k.step(b, a))
	if !b.Done() {
		t.Errorf("next: %v", b.Next())
	}
	k.checkSet(s, a, c)
}

func TestABackupIsOnce(t *testing.T) {
	k := newKit(t)
	s, a := k.active(), k.empty()
	k.backup(s, a)
	for _, c := range []soft{s, a} {
		_, err := c.login().Begin(k.ctx, 2)
		wants(t, err, card.ErrConditions, wire.ErrLinked)
	}
	b, err := linkedbackup.StartBackup("", 3)
	must(t, err)
	wants(t, k.step(b, s), card.ErrConditions, wire.ErrCount)
	_, err = linkedbackup.StartBackup("", 4)
	wants(t, err, card.ErrWrongData, wire.ErrCount)
}

func TestASecondJournalIsNotMadeOverTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	_, err := linkedbackup.StartBackup(path, 2)
	must(t, err)
	_, err = linkedbackup.StartBackup(path, 2)
	wants(t, err, linkedbackup.ErrJournalExists)
	for _, text := range []string{"", "{}", "null", `{"version":1,"size":9}`, `{"version":2}`, `{"version":1} x`,
		`{"version":1,"size":2,"offers":["AA=="],"joins":[null],"done":[false]}`,
		`{"version":1,"size":2,"source":"AA==","joins":[null],"done":[false]}`,
		`{"version":1,"size":2,"joins":[null,null],"done":[false]}`} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := linkedbackup.ResumeBackup(path); err == nil {
			t.Errorf("the journal %q is accepted", text)
		}
	}
}

// The journal is lost after both cards have joined, and they come back the other way round.
func TestCardsThatHaveJoinedAreKnownAgain(t *testing.T) {
	k := newKit(t)
	s, a, c := k.active(), k.empty(), k.empty()
	b, err := linkedbackup.StartBackup("", 3)
	must(t, err)
	for _, card := range []soft{s, a, c} {
		must(t, k.step(b, card))
	}
	b, err = linkedbackup.StartBackup("", 3)
	must(t, err)
	for _, card := range []soft{s, c, a, s, c, a} {
		must(t, k.step(b, card))
	}
	if !b.Done() {
		t.Errorf("next: %v", b.Next())
	}
	k.checkSet(s, a, c)
}

func TestAnAbortedBackupStartsAgain(t *testing.T) {
	k := newKit(t)
	s, a := k.active(), k.empty()
	b, err := linkedbackup.StartBackup("", 2)
	must(t, err)
	must(t, k.step(b, s))
	must(t, k.step(b, a))
	wants(t, s.tap().Abort(k.ctx), card.ErrAuthRequired)
	must(t, s.login().Card().Abort(k.ctx))
	must(t, a.tap().Abort(k.ctx))
	wants(t, a.tap().Abort(k.ctx), wire.ErrNoRun)
	k.backup(s, a)
	k.checkSet(s, a)
}

func TestAHostileSwapShowsInTheAttestation(t *testing.T) {
	k := newKit(t)
	s, a, evil := k.active(), k.empty(), k.empty()
	k.backup(s, evil) // the phone has its own card in place of the owner's
	wants(t, linkedbackup.CheckSet([]linkedbackup.Attestation{s.attest(), a.attest()}), card.ErrCardMismatch)
	wants(t, linkedbackup.CheckSet([]linkedbackup.Attestation{s.attest()}), card.ErrCardMismatch)
	wants(t, linkedbackup.CheckSet([]linkedbackup.Attestation{s.attest(), s.attest()}), card.ErrCardMismatch)
	must(t, linkedbackup.CheckSet([]linkedbackup.Attestation{s.attest(), evil.attest()}))
	lone := k.active().attest()
	if must(t, linkedbackup.CheckSet([]linkedbackup.Attestation{lone})); lone.Size != 1 || lone.State != wire.Active {
		t.Errorf("a card without backup says %+v", lone)
	}
	if linkedbackup.CheckSet(nil) == nil {
		t.Error("no cards are a set")
	}
}

// short is a reader without extended length, as many are: long messages go in chains and come in pieces.
type short struct{ card.Link }

func (l short) Info() card.Info {
	i := l.Link.Info()
	i.Extended = false
	return i
}

func (l short) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	answer, err := l.Link.Transmit(ctx, command)
	if len(command) > 5+255+1 || len(answer) > 256+2 {
		return nil, errors.New("an extended APDU")
	}
	return answer, err
}

func TestABackupWorksThroughAReaderWithoutExtendedLength(t *testing.T) {
	k := newKit(t)
	k.through = func(l card.Link) card.Link { return short{l} }
	cards := []soft{k.active(), k.empty(), k.empty()}
	k.backup(cards...)
	k.checkSet(cards...)
	sigs, err := cards[2].login().Sign(k.ctx, nil, make([][32]byte, 20))
	if must(t, err); len(sigs) != 20 {
		t.Errorf("%d signatures", len(sigs))
	}
}
