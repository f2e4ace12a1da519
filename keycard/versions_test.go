package keycard_test

import (
	"bytes"
	"fmt"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// signs makes a fake answer SIGN with a valid signature by the master key of theSeed.
func (f *fake) signs() {
	f.answer = func(cmd iso7816.Command) iso7816.Response {
		if cmd.INS != wire.InsSign {
			return iso7816.Response{SW: iso7816.OK}
		}
		return iso7816.Response{Data: signature(f.t, cmd.Data[:32]).Encode(false), SW: iso7816.OK}
	}
}

// sent lists the commands that the card has read, as INS and P1, and those of the channel left out.
func (f *fake) sent() string {
	var out []byte
	for _, c := range f.seen {
		if c.INS != wire.InsMutual {
			out = fmt.Appendf(out, "%02X%02X ", c.INS, c.P1)
		}
	}
	f.seen = nil
	return string(bytes.TrimSpace(out))
}

func TestEachVersionIsSentWhatItNeeds(t *testing.T) {
	ctx := t.Context()
	sign := func(s *keycard.Session) error { return second(s.Sign(ctx, theDigest, keycard.At(hd.Path{1, 2}))) }
	relative := func(s *keycard.Session) error {
		return second(s.Sign(ctx, theDigest, keycard.Below(wire.FromCurrent, hd.Path{1}).MakeCurrent()))
	}
	ndef := func(s *keycard.Session) error { return s.SetNDEF(ctx, []byte("x")) }
	for _, c := range []struct {
		version wire.Version
		method  func(*keycard.Session) error
		want    string
	}{
		{wire.V2_0, sign, "D100 C000"},
		{wire.V2_1, sign, "D100 C000"},
		{wire.V2_2, sign, "C001"},
		{wire.V3_0, sign, "C001"},
		{wire.V3_2, sign, "C001"},
		{wire.V2_1, relative, "D180 C000"},
		{wire.V2_2, relative, "C082"},
		{wire.V2_1, ndef, "F300"},
		{wire.V2_2, ndef, "F300"},
		{wire.V3_0, ndef, "E201"},
		{wire.V3_2, ndef, "E201"},
	} {
		f := newFake(t, c.version)
		f.signs()
		s := f.session(keycard.Options{})
		must(t, c.method(s))
		if got := f.sent(); got != c.want {
			t.Errorf("%v: %s instead of %s", c.version, got, c.want)
		}
	}
}

func TestOnOldCardsAKeyThatIsCurrentIsNotDerivedAgain(t *testing.T) {
	f := newFake(t, wire.V2_1)
	f.signs()
	s := f.session(keycard.Options{})
	for _, step := range []struct {
		path hd.Path
		want string
	}{{hd.Path{1}, "D100 C000"}, {hd.Path{1}, "C000"}, {hd.Path{2}, "D100 C000"}, {hd.Path{}, "D100 C000"}} {
		_, err := s.Sign(t.Context(), theDigest, keycard.At(step.path))
		must(t, err)
		if got := f.sent(); got != step.want {
			t.Errorf("%v: %s", step.path, got)
		}
	}
	must(t, s.RemoveKey(t.Context()))
	f.sent()
	_, err := s.Sign(t.Context(), theDigest, keycard.At(hd.Path{}))
	must(t, err)
	if got := f.sent(); got != "D100 C000" {
		t.Errorf("after REMOVE KEY the path is taken for known: %s", got)
	}
}

// An empty path means different keys in SIGN with derivation: since 3.1 always the master key.
func TestTheEmptyPathIsSignedWithTheMasterKeyInAllVersions(t *testing.T) {
	for _, v := range []wire.Version{wire.V2_0, wire.V2_2, wire.V3_1} {
		f := newFake(t, v)
		f.signs()
		s := f.session(keycard.Options{})
		_, err := s.Sign(t.Context(), theDigest, keycard.At(nil))
		must(t, err)
		if got := f.sent(); got != "D100 C000" {
			t.Errorf("%v: %s", v, got)
		}
	}
}

// A 3.2 that is full would make a pairing that the next SELECT forgets; P2 = 02 forbids it.
func TestPairingsWith32AreMadeToLast(t *testing.T) {
	for v, want := range map[wire.Version]byte{wire.V3_1: wire.PairAny, wire.V3_2: wire.PairPersistent} {
		f := newFake(t, v)
		f.answer = func(cmd iso7816.Command) iso7816.Response {
			if cmd.P1 == wire.PairFirst {
				var a wire.PairFirstAnswer
				theSecret().Reveal(func(b []byte) { a.Cryptogram = wire.PairingCryptogram(b, cmd.Data) })
				return iso7816.Response{Data: a.Encode(), SW: iso7816.OK}
			}
			return iso7816.Response{Data: wire.PairFinalAnswer{Slot: 3}.Encode(), SW: iso7816.OK}
		}
		c, err := keycard.Select(t.Context(), card.NewChannel(f))
		must(t, err)
		_, err = c.Pair(t.Context(), theSecret())
		must(t, err)
		if last := f.seen[len(f.seen)-1]; last.P2 != want {
			t.Errorf("%v: P2 %02X", v, last.P2)
		}
	}
}

func TestSeedsOfOtherLengthsAreFor32(t *testing.T) {
	f := newFake(t, wire.V3_2)
	f.answer = func(cmd iso7816.Command) iso7816.Response {
		if len(cmd.Data) != 32 {
			t.Errorf("%d bytes", len(cmd.Data))
		}
		master, err := hd.Master(theSecret())
		must(t, err)
		uid := wire.KeyUID(master.PublicKey())
		return iso7816.Response{Data: uid[:], SW: iso7816.OK}
	}
	_, err := f.session(keycard.Options{}).LoadSeed(t.Context(), theSecret())
	must(t, err)
}
