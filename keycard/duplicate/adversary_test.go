package duplicate_test

import (
	"context"
	"errors"
	"testing"

	"tapcard.example/card"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
)

// readyToImport brings a duplication to where the source has exported.
func readyToImport(t testing.TB, all []*plastic) (*duplicate.CardDuplicator, *duplicate.Export) {
	t.Helper()
	me := owner(all).client(t, duplicate.Options{})
	start(t, me, all)
	add(t, friend(t), all)
	e, err := me.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	return me, e
}

// The encrypted key has no MAC: whoever changes its IV changes the key that comes out, and the card takes it.
func TestAWrongKeyIsRemovedAndTheSessionSpoilt(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready(), f.ready(), f.ready()}
	me, e := readyToImport(t, all)
	must(t, me.ImportKey(ctx, all[1].tap(t), e))
	before := all[2].rest(t)
	e.Tamper(4) // the first byte of the private key
	wants(t, me.ImportKey(ctx, all[2].tap(t), e), duplicate.ErrWrongKey, duplicate.ErrSpoilt, card.ErrCardMismatch)
	if uid := all[2].keyUID(t); uid != "" {
		t.Errorf("the wrong key %x is still there", uid)
	}
	if all[2].rest(t) != before {
		t.Error("something else has changed")
	}
	e.Tamper(4)
	wants(t, me.ImportKey(ctx, all[3].tap(t), e), duplicate.ErrSpoilt)
	still(t, all[3])
	sameKey(t, generated, all[:2]) // the copy that was finished before is good
}

func TestAWrongKeyThatCannotBeRemovedIsSaidToBeThere(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, e := readyToImport(t, all)
	e.Tamper(4)
	carrier := &field{}
	all[1].link = carried{all[1].link, carrier}
	carrier.fates = func(int) fate {
		if carrier.kinds[len(carrier.kinds)-1] == "D3" {
			return neverSeen
		}
		return arrives
	}
	err := me.ImportKey(ctx, all[1].tap(t), e)
	wants(t, err, duplicate.ErrWrongKey, duplicate.ErrSpoilt, card.ErrRemoved)
}

// The answer to the import of a wrong key is lost: the next tap finds and removes it.
func TestAWrongKeyIsRemovedAlsoWhenItsAnswerWasLost(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, e := readyToImport(t, all)
	e.Tamper(4)
	carrier := &field{}
	link := all[1].link
	all[1].link = carried{link, carrier}
	carrier.fates = func(n int) fate {
		if carrier.kinds[n-1] == "DUPLICATE 3" {
			return answerLost
		}
		return arrives
	}
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrLost)
	if me.Spoilt() != nil {
		t.Error("spoilt too soon")
	}
	carrier.fates = nil
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrWrongKey, duplicate.ErrSpoilt)
	if uid := all[1].keyUID(t); uid != "" {
		t.Errorf("the wrong key %x is still there", uid)
	}
}

// Anybody who has a card in hand can add entropy. The session is lost, and no key is.
func TestAStrangersPieceSpoilsTheSessionAndNothingElse(t *testing.T) {
	for victim := range 2 {
		f := cards(t, "2.3")
		all := []*plastic{f.holding(generated), f.ready()}
		me, you := owner(all).client(t, duplicate.Options{}), friend(t)
		start(t, me, all)
		must(t, friend(t).AddEntropy(ctx, all[victim].tap(t)))
		wants(t, you.AddEntropy(ctx, all[victim].tap(t)), duplicate.ErrPiecesMissing)
		must(t, you.AddEntropy(ctx, all[1-victim].tap(t)))
		e, err := me.ExportKey(ctx, all[0].tap(t))
		must(t, err)
		err = me.ImportKey(ctx, all[1].tap(t), e)
		wants(t, err, duplicate.ErrWrongPieces)
		wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrWrongPieces)
		if all[1].keyUID(t) != "" || all[0].keyUID(t) == "" {
			t.Error("a key came or went")
		}
	}
}

// What the original's client could not notice: the same card twice at one client cancels the piece and still counts.
// Here the client refuses; a card that is given the same piece by other means is found out at the end.
func TestAPieceThatCancelsItselfIsFoundOut(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me, you, third := owner(all).client(t, duplicate.Options{Clients: 4}), friend(t), friend(t)
	start(t, me, all)
	for _, p := range all {
		must(t, you.AddEntropy(ctx, p.tap(t)))
		must(t, third.AddEntropy(ctx, p.tap(t)))
	}
	must(t, friend(t).AddEntropy(ctx, all[0].tap(t))) // another piece on each card
	must(t, friend(t).AddEntropy(ctx, all[1].tap(t)))
	e, err := me.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	wants(t, me.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrWrongPieces)
	if all[1].keyUID(t) != "" {
		t.Error("the target holds a key")
	}
}

// A source that lies about its key UID, or somebody who lies for it, gets no wrong key taken for right.
func TestALieAboutTheSourcesKeyEndsInARemovedKey(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	me := owner(all).client(t, duplicate.Options{})
	start(t, me, all)
	add(t, friend(t), all)
	liar := owner(all).client(t, duplicate.Options{}) // it has no journal that knows better
	e, err := liar.ExportKey(ctx, all[0].tap(t))
	must(t, err)
	e.KeyUID[0] ^= 1
	wants(t, liar.ImportKey(ctx, all[1].tap(t), e), duplicate.ErrWrongKey, duplicate.ErrSpoilt)
	if all[1].keyUID(t) != "" {
		t.Error("the target kept a key that nobody vouches for")
	}
}

// The original's 2.0 exports leftovers and can never import; a 2.3 takes what it exports.
func TestTheOriginals20IsASourceAndNoTarget(t *testing.T) {
	old := cards(t, "2.0")
	old.quirks = true
	source, badTarget := old.holding(generated), old.ready()
	target := (&factory{TB: t, profile: "2.3", made: 10}).ready()
	all := []*plastic{source, badTarget, target}
	me, e := readyToImport(t, all)
	err := me.ImportKey(ctx, badTarget.tap(t), e)
	wants(t, err, duplicate.ErrWrongPieces)
	must(t, me.ImportKey(ctx, target.tap(t), e))
	sameKey(t, generated, []*plastic{source, target})
	for v, want := range map[wire.Version]bool{wire.V2_0: true, wire.V2_2: true, wire.V2_3: false, wire.V3_0: false} {
		if duplicate.Doubtful(v) != want {
			t.Error(v)
		}
	}
}

// Every byte of the encrypted key is changed in turn: the target ends up with the right key or with none.
func TestNoTamperedKeyIsTakenForRight(t *testing.T) {
	f := cards(t, "2.3")
	source := f.holding(generated)
	want := source.keyUID(t)
	for i := range 96 {
		target := f.ready()
		me, e := readyToImport(t, []*plastic{source, target})
		e.Tamper(i)
		err := me.ImportKey(ctx, target.tap(t), e)
		got := target.keyUID(t)
		if err == nil && got != want || err != nil && got != "" {
			t.Errorf("byte %d: %v, and the target holds %x", i, err, got)
		}
	}
}

// strangeAnswers replaces the answer to DUPLICATE KEY by one that is no valid one of the secure channel.
type strangeAnswers struct {
	card.Link
	p1     byte
	answer []byte
}

func (s strangeAnswers) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	answer, err := s.Link.Transmit(ctx, raw)
	if len(raw) > 2 && raw[1] == wire.InsDuplicate && raw[2] == s.p1 {
		return s.answer, err
	}
	return answer, err
}

func TestStrangeAnswersNeverCountAsYes(t *testing.T) {
	for _, answer := range [][]byte{{0x6F, 0x00}, {0x90, 0x00}, {0x12, 0x34}, {}, {0x69, 0x82}} {
		f := cards(t, "2.3")
		all := []*plastic{f.holding(generated), f.ready()}
		me, you := owner(all).client(t, duplicate.Options{}), friend(t)
		honest := all[0].link
		all[0].link = strangeAnswers{honest, wire.DuplicateStart, answer}
		if me.StartDuplication(ctx, all[0].tap(t), duplicate.Source) == nil {
			t.Errorf("START: %X is a yes", answer)
		}
		all[0].link = honest
		start(t, me, all)
		all[0].link = strangeAnswers{honest, wire.DuplicateExport, answer}
		add(t, you, all)
		_, err := me.ExportKey(ctx, all[0].tap(t))
		unharmed := len(answer) == 2 && answer[0] == 0x69 // 6982: the card has not looked at it
		if err == nil || errors.Is(err, duplicate.ErrSpoilt) == unharmed {
			t.Errorf("EXPORT: %X gives %v", answer, err)
		}
	}
}

func TestAnUnclearAnswerToEntropySpoilsTheSession(t *testing.T) {
	for _, answer := range [][]byte{{0x6F, 0x00}, {0x12, 0x34}, {}} {
		f := cards(t, "2.3")
		all := []*plastic{f.holding(generated), f.ready()}
		me, you := owner(all).client(t, duplicate.Options{}), friend(t)
		start(t, me, all)
		all[0].link = strangeAnswers{all[0].link, wire.DuplicateEntropy, answer}
		wants(t, you.AddEntropy(ctx, all[0].tap(t)), duplicate.ErrSpoilt)
		wants(t, you.AddEntropy(ctx, all[1].tap(t)), duplicate.ErrSpoilt)
		still(t, all[1])
		if you.Journal().Spoilt == "" {
			t.Error("the journal does not say why")
		}
	}
}
