package linkedbackup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/signer"
	"tapcard.example/transport/trace"
)

func TestOnlyTrustedMakersCardsAreUsed(t *testing.T) {
	k := newKit(t)
	fake := k.certified(k.newMaker())
	_, err := fake.tap().Open(k.ctx)
	wants(t, err, card.ErrBadCert)
	_, err = fake.tap().Attest(k.ctx)
	wants(t, err, card.ErrBadCert)
	_, err = k.blank().tap().Attest(k.ctx)
	wants(t, err, card.ErrConditions, wire.ErrBlank)
	b, err := linkedbackup.StartBackup("", 2)
	must(t, err)
	wants(t, k.step(b, fake), card.ErrBadCert)
	name, err := k.empty().tap().Authority()
	if must(t, err); name != "test maker" {
		t.Errorf("certified by %q", name)
	}
	k.opts.Trusted = nil
	_, err = k.empty().tap().Open(k.ctx)
	wants(t, err, card.ErrBadCert)
}

func TestWrongCodesSayHowLongToWait(t *testing.T) {
	k := newKit(t)
	k.opts.After = func(d time.Duration) <-chan time.Time {
		k.now = k.now.Add(d)
		return time.After(0)
	}
	c := k.active().tap()
	s, err := c.Open(k.ctx)
	must(t, err)
	var wait *card.RateLimitError
	for range 3 {
		err = s.Verify(k.ctx, code(wrongCode))
		wants(t, err, card.ErrWrongPIN, wire.ErrWrongCode)
	}
	if !errors.As(err, &wait) || wait.Wait != 4*time.Second {
		t.Errorf("after three: %v", err)
	}
	err = s.Verify(k.ctx, code(theCode))
	if wants(t, err, card.ErrRateLimited, wire.ErrWait); !errors.As(err, &wait) || strings.Contains(err.Error(), "\n") {
		t.Errorf("too early: %v", err)
	}
	var left []time.Duration
	must(t, c.HoldStill(k.ctx, func(d time.Duration) {
		left = append(left, d)
	}))
	if len(left) != 1 || left[0] != 4*time.Second {
		t.Errorf("it waited %v", left)
	}
	must(t, s.Verify(k.ctx, code(theCode)))
	wants(t, s.Verify(k.ctx, code("short")), card.ErrWrongData, wire.ErrCode)
	ctx, cancel := context.WithCancel(k.ctx)
	for range 3 {
		s.Verify(k.ctx, code(wrongCode))
	}
	wants(t, c.HoldStill(ctx, func(time.Duration) { cancel() }), context.Canceled)
}

func TestPackageSignerSignsWithEveryCardOfTheSet(t *testing.T) {
	k := newKit(t)
	cards := []soft{k.active(), k.empty(), k.empty()}
	k.backup(cards...)
	keys, err := signer.OpenKeys(filepath.Join(t.TempDir(), "keys.json"))
	must(t, err)
	path, err := hd.ParsePath("m/44'/60'/0'/0/0")
	must(t, err)
	asked := 0
	for i, c := range cards {
		s := signer.Signer{Card: linkedbackup.NewSigner(c.login(), ""), Keys: keys,
			Approve: func(context.Context, signer.Summary) error { return nil },
			Confirm: func(context.Context, signer.NewKey) error { asked++; return nil }}
		if _, err := s.Sign(k.ctx, signer.Request{Path: path, Digest: [32]byte{9}}); err != nil {
			t.Errorf("card %d: %v", i, err)
		}
		id := s.Card.Describe()
		if id.Kind != "linked" || !id.Software || len(id.ID) != 66 {
			t.Errorf("card %d is %+v", i, id)
		}
	}
	if asked != 1 {
		t.Errorf("the user was asked %d times about one key", asked)
	}
}

func TestAnImportedPhraseHasItsUsualAddresses(t *testing.T) {
	k := newKit(t)
	seed := hd.Seed(secret.Copy([]byte("test test test test test test test test test test test junk")), secret.Bytes{})
	c := k.empty()
	s, err := c.tap().Open(k.ctx)
	must(t, err)
	wants(t, s.ImportSeed(k.ctx, code(theCode), secret.Copy([]byte("short"))), card.ErrWrongData, wire.ErrSeed)
	must(t, s.ImportSeed(k.ctx, code(theCode), seed))
	wants(t, s.Activate(k.ctx, code(theCode)), card.ErrConditions, wire.ErrHasKey)
	master, err := hd.Master(seed)
	must(t, err)
	for _, text := range []string{"m", "m/0'", "m/84'/0'/0'/1/5"} {
		path, err := hd.ParsePath(text)
		must(t, err)
		want, err := master.Derive(path)
		must(t, err)
		got, err := c.login().XPub(k.ctx, path)
		must(t, err)
		if got.String() != want.Neuter().String() {
			t.Errorf("%s: %s instead of %s", text, got, want.Neuter())
		}
	}
	digests := make([][32]byte, 31)
	sigs, err := c.login().Sign(k.ctx, nil, digests)
	if must(t, err); len(sigs) != len(digests) {
		t.Errorf("%d signatures", len(sigs))
	}
	_, err = c.login().Sign(k.ctx, make(hd.Path, 11), digests[:1])
	wants(t, err, card.ErrWrongData)
	if c.attest().Origin != wire.Imported {
		t.Error("it hides where its key came from")
	}
}

func TestChangeCodeAndReset(t *testing.T) {
	k := newKit(t)
	c := k.active()
	s := c.login()
	must(t, s.ChangeCode(k.ctx, code(theCode), code("another code")))
	wants(t, s.Reset(k.ctx, code(theCode)), card.ErrWrongPIN)
	must(t, s.Reset(k.ctx, code("another code")))
	if c.tap().Info().State != wire.Empty {
		t.Error("it is not empty")
	}
	wants(t, s.Verify(k.ctx, code(theCode)), card.ErrBadMAC) // the session is of an earlier tap
}

// lying changes one byte of one answer.
type lying struct {
	card.Link
	n              *int
	answer, offset int
}

func (l lying) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	raw, err := l.Link.Transmit(ctx, command)
	*l.n++
	if *l.n == l.answer && err == nil {
		raw[l.offset%len(raw)] ^= 1 << (l.offset % 8)
	}
	return raw, err
}

// Whatever is changed between host and card, the host ends with the right set or with an error, never with a wrong one.
func TestAChangedAnswerLeadsToAnErrorOrToNothing(t *testing.T) {
	offsets := []int{0, 1, 4, 40, 137, 230, 358}
	for answer := 1; answer <= 19; answer++ {
		for _, offset := range offsets {
			k := newKit(t)
			cards := []soft{k.active(), k.empty(), k.empty()}
			n := 0
			k.through = func(l card.Link) card.Link { return lying{l, &n, answer, offset} }
			b, err := linkedbackup.StartBackup("", len(cards))
			must(t, err)
			for tries := 0; !b.Done() && tries < 10; tries++ {
				if err := k.step(b, which(b, cards)); err != nil && strings.Contains(err.Error(), "\n") {
					t.Errorf("answer %d, byte %d: %q", answer, offset, err)
				}
			}
			if b.Done() {
				k.checkSet(cards...)
			}
		}
	}
}

// A backup under the most talkative trace: what is written has nothing in it that anybody could use.
func TestATraceOfEverythingHoldsNoSecret(t *testing.T) {
	k := newKit(t)
	cards := []soft{k.active(), k.empty(), k.empty()}
	var log bytes.Buffer
	path := filepath.Join(t.TempDir(), "journal")
	b, err := linkedbackup.StartBackup(path, 3)
	must(t, err)
	for !b.Done() {
		c := which(b, cards)
		c.Card.PowerOff()
		c2, ch := k.traced(c, &log)
		must(t, b.Tap(k.ctx, c2, ask))
		must(t, ch.Close())
	}
	fmt.Fprintf(&log, "%+v %v %v", b, b.Members(), b.Next())
	for i, c := range cards {
		memory, err := c.Store().Snapshot()
		must(t, err)
		for name, s := range secretsIn(t, memory) {
			for form, text := range map[string]string{"hex": fmt.Sprintf("%x", s), "HEX": fmt.Sprintf("%X", s), "raw": string(s),
				"decimal": strings.Trim(fmt.Sprint(s), "[]")} {
				if strings.Contains(log.String(), text) {
					t.Errorf("card %d: the trace has its %s as %s", i, name, form)
				}
			}
		}
	}
	if !strings.Contains(log.String(), "COMMIT") || !strings.Contains(log.String(), cards[1].tap().Ident()) {
		t.Errorf("the trace does not say what happened: %s", &log)
	}
}

func (k *kit) traced(s soft, log *bytes.Buffer) (*linkedbackup.Card, *card.Channel) {
	link := s.link()
	rec := trace.Record(link, log, func(c iso7816.Command, r iso7816.Response) (fields []trace.Field) {
		for _, f := range wire.Describe(c, r) {
			fields = append(fields, trace.Field(f))
		}
		return fields
	})
	ch := card.NewChannel(rec)
	ch.Observe(rec.Observe)
	c, err := k.opts.Select(k.ctx, ch)
	must(k, err)
	return c, ch
}
