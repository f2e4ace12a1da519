package applet_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// again opens the file as another process would, after the first has gone.
func again(tb testing.TB, path string, first *softcard.File, p applet.Profile) (*softcard.Card, error) {
	tb.Helper()
	if err := first.Close(); err != nil {
		tb.Fatal(err)
	}
	f, err := softcard.OpenFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return applet.NewCard(applet.Options{Profile: p, Env: softcard.NewEnv(f.Store())})
}

// kept is a card with a key, pairing and path, in a file.
func kept(t *testing.T, profile string) (k *kit, path string, f *softcard.File) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, applet.FileKind, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	k = newKit(t, profile, false, func(o *applet.Options) { o.Env.Store = f.Store() })
	return k.ready().derive(1, 2), path, f
}

func TestACardFromItsFileKnowsEverything(t *testing.T) {
	for _, p := range []applet.Profile{applet.V2_0, applet.V2_3, applet.V3_1} {
		k, path, f := kept(t, p.Name)
		before := k.sel()
		card, err := again(t, path, f, p)
		if err != nil {
			t.Fatal(err)
		}
		k.card = card
		card.PowerOn()
		if after := k.sel(); !bytes.Equal(after.template, before.template) {
			t.Errorf("%s: SELECT answered %X, now %X", p.Name, before.template, after.template)
		}
		k.open().verify().pathIs(1, 2)
	}
}

func TestACardOfAnotherProfileIsRefused(t *testing.T) {
	_, path, f := kept(t, "3.1")
	if _, err := again(t, path, f, applet.V2_3); !errors.Is(err, softcard.ErrDamaged) {
		t.Errorf("error %v", err)
	}
}

func TestACardOfRecordedKeysIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, applet.FileKind, nil)
	if err != nil {
		t.Fatal(err)
	}
	newKit(t, "2.3", false, func(o *applet.Options) {
		o.Env.Store = f.Store()
		o.ChannelKeys = func() (wire.ChannelKey, error) { return wire.ChannelKey{}, nil }
	})
	if _, err := again(t, path, f, applet.V2_3); !errors.Is(err, softcard.ErrDamaged) {
		t.Errorf("error %v", err)
	}
}

// What cannot be stored has not happened: 6F00, and everything as before.
func TestAFullDiskChangesNothing(t *testing.T) {
	k, _, f := kept(t, "3.1")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []iso7816.Command{
		command(0x21, 0, 0, wrongPIN), command(0x13, 0, 0, nil), command(0xD0, 3, 0, theSeed), command(0xD3, 0, 0, nil),
		command(0xD4, 0, 0, nil), command(0xC1, 0, 0, path(1)), command(0xE2, 0, 0, theHash), command(0xD1, 0, 0, nil),
		command(0xC0, 2, 0, append(bytes.Clone(theHash), path(7)...)), command(0xC2, 2, 1, path(7)),
	} {
		k.answers(k.send(c.INS, c.P1, c.P2, c.Data...), iso7816.Internal)
	}
	k.pathIs(1, 2)
	k.triesAre(3, 5)
	k.answers(k.send(0x20, 0, 0, thePIN...), iso7816.Internal)
	k.triesAre(3, 5)
}

func TestWithoutRandomnessNothingIsAnswered(t *testing.T) {
	dry := newKit(t, "2.3", false, func(o *applet.Options) {
		o.Env.Rand = io.LimitReader(o.Env.Rand, 16+32+32+32) // UID, channel keys of New and INIT, challenge
	})
	dry.init()
	if r, ok := dry.pair(); ok || r.SW != iso7816.Internal {
		t.Errorf("PAIR without randomness: %v", r.SW)
	}
	if info := dry.sel(); info.slots != 5 {
		t.Errorf("%d slots are free", info.slots)
	}
	_, err := applet.New(applet.Options{Env: softcard.Env{Store: softcard.NewStore(), Rand: strings.NewReader("short")}})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("New: %v", err)
	}
	zeros := softcard.Env{Store: softcard.NewStore(), Rand: zeroReader{}}
	if _, err := applet.New(applet.Options{Env: zeros}); !errors.Is(err, wire.ErrRandom) {
		t.Errorf("New: %v", err)
	}
	if _, err := applet.New(applet.Options{}); err == nil {
		t.Error("New makes a card without memory")
	}
}

// zeroReader is a random source that is stuck.
type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A stuck source must end in an error, not in a loop.
func TestANonceOfZeroIsNeverUsed(t *testing.T) {
	source := &switched{}
	k := newKit(t, "2.3", false, func(o *applet.Options) { source.r, o.Env.Rand = o.Env.Rand, source })
	k.ready()
	source.r = zeroReader{}
	k.answers(k.send(0xC0, 0, 0, theHash...), iso7816.Internal)
}

// switched is a random source that can be exchanged.
type switched struct{ r io.Reader }

func (s *switched) Read(b []byte) (int, error) { return s.r.Read(b) }

func TestAnIdentityMustFitItsCertificate(t *testing.T) {
	for name, id := range map[string]*applet.Identity{
		"no key":      {},
		"another key": {Private: [32]byte{31: 1}},
	} {
		o := applet.Options{Profile: applet.V3_1, Identity: id, Env: softcard.NewEnv(softcard.NewStore())}
		if _, err := applet.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestObserveSeesWhatIsInsideTheChannel(t *testing.T) {
	type seen struct {
		c       iso7816.Command
		r       iso7816.Response
		wrapped bool
	}
	var last seen
	k := newKit(t, "2.3", false, func(o *applet.Options) {
		o.Observe = func(c iso7816.Command, r iso7816.Response, wrapped bool) { last = seen{c, r, wrapped} }
	}).opened()
	k.send(0x20, 0, 0, wrongPIN...)
	if !last.wrapped || !bytes.Equal(last.c.Data, wrongPIN) || last.r.SW != 0x63C2 {
		t.Errorf("saw %+v", last)
	}
	k.send(0x99, 0, 0)
	if !last.wrapped || last.r.SW != iso7816.InsNotSupported {
		t.Errorf("saw %+v", last)
	}
	k.sel()
	if last.wrapped || last.c.INS != iso7816.InsSelect || last.r.SW != iso7816.OK || len(last.r.Data) == 0 {
		t.Errorf("saw %+v", last)
	}
}

func TestProfilesHaveNames(t *testing.T) {
	for name, want := range map[string]wire.Version{
		"": wire.V2_3, "2.0": wire.V2_0, "2.3": wire.V2_3, "3.1": wire.V3_1,
	} {
		if p, err := applet.ProfileByName(name); err != nil || p.Version != want {
			t.Errorf("%q: %v, %v", name, p.Version, err)
		}
	}
	if _, err := applet.ProfileByName("4.0"); err == nil {
		t.Error("there is a profile 4.0")
	}
}

func TestExtendedLengthIsRefused(t *testing.T) {
	k := newKit(t, "2.3", false).init()
	k.answers(k.bare(0xFE, 0, 0, make([]byte, 300)...), iso7816.WrongLength)
}

func TestDeriveToThePinlessPathNeedsOne(t *testing.T) {
	k := newKit(t, "3.1", false).ready()
	k.answers(k.send(0xD1, 0xC0, 0), iso7816.ReferenceNotFound)
	k.ok(k.send(0xC1, 0, 0, path(5)...))
	k.answers(k.send(0xD1, 0xC0, 0, path(6)...), iso7816.WrongData)
	k.loadPlain()
	k.ok(k.send(0xC1, 0, 0, path(5)...))
	k.answers(k.send(0xD1, 0xC0, 0), iso7816.ConditionsNotSatisfied)
}
