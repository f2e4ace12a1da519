package cktap_test

import (
	"slices"
	"strings"
	"testing"

	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

// These counts are a contract: a tap is held for as long as they take.

// forget gives the host a new store, as on another computer.
func (k *kit) forget() {
	k.Helper()
	var err error
	k.opts.Store, err = cktap.OpenStore(k.path + "-new")
	must(k, err)
}

// cost fails unless the commands after SELECT are exactly these.
func (k *kit) cost(t *testing.T, names ...string) {
	t.Helper()
	if !slices.Equal(k.gate.sent, names) {
		t.Errorf("sent %v, should be %v", k.gate.sent, names)
	}
}

func TestAKnownTapsignerSignsWithTwoCommands(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	var err error
	k.opts.Store, err = cktap.OpenStore(k.path) // a new process
	must(t, err)
	s := k.tapsigner()
	_, err = s.Sign(k.ctx, cvc(theCVC), hd.Path{0, 0}, theDigest, nil)
	must(t, err)
	k.cost(t, wire.CmdSign)
	if n := s.Channel().APDUs(); n != 2 {
		t.Errorf("%d APDUs", n)
	}
	_, err = s.Sign(k.ctx, cvc(theCVC), hd.Path{0, 1}, [32]byte{2}, nil)
	must(t, err)
	if n := s.Channel().APDUs(); n != 3 {
		t.Errorf("%d APDUs for two inputs", n)
	}
}

func TestATapsignerThatIsNamedSignsWithTwoCommands(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.opts.Ident = k.ready().Ident()
	k.forget()
	s := k.tapsigner()
	_, err := s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	must(t, err)
	k.cost(t, wire.CmdSign)
}

func TestProofAndSignatureTakeFourCommandsAndThreeLater(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.ready()
	k.forget()
	for _, want := range [][]string{{"check", "certs", "sign"}, {"check", "sign"}} {
		s := k.tapsigner()
		_, err := s.Genuine(k.ctx)
		must(t, err)
		_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
		must(t, err)
		k.cost(t, want...)
	}
}

func TestACardThatIsNotKnownProvesItselfBeforeItIsToldTheCVC(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.ready()
	k.forget()
	_, err := k.tapsigner().Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	must(t, err)
	k.cost(t, "check", "certs", "sign")
}

func TestAVerifiedAddressTakesFiveCommandsAndFourLater(t *testing.T) {
	k := newKit(t, wire.Satscard)
	for _, want := range [][]string{{"read", "check", "certs", "derive"}, {"read", "check", "derive"}} {
		s := k.satscard()
		_, err := s.Verify(k.ctx, nil)
		must(t, err)
		k.cost(t, want...)
		if n := s.Channel().APDUs(); n != len(want)+1 {
			t.Errorf("%d APDUs", n)
		}
	}
}

func TestBadLuckCostsOneCommandAndTheSameBytes(t *testing.T) {
	for _, test := range []struct {
		profile applet.Profile
		want    string
	}{
		{applet.V1_0_3, "sign sign sign sign sign sign sign sign sign sign sign sign sign"},
		{applet.V0_9_0, "sign" + strings.Repeat(" status sign", 12)},
	} {
		k := newKit(t, wire.Tapsigner, firmware(test.profile))
		s := k.ready()
		unlucky, err := wire.ErrorAnswer{Error: "unlucky number", Code: wire.CodeUnlucky}.Encode()
		must(t, err)
		var bodies []string
		k.gate.ask = func(name string, command []byte) []byte {
			if name != wire.CmdSign {
				return command
			}
			if bodies = append(bodies, string(command)); len(bodies) <= 12 {
				return []byte{0, wire.InsTap, 0, 0, 1, 0xA0} // the card sees something else, and keeps its nonce
			}
			return command
		}
		k.gate.change = func(name string, answer []byte) []byte {
			if name == wire.CmdSign && len(bodies) <= 12 {
				return unlucky
			}
			return answer
		}
		_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
		must(t, err)
		if got := strings.Join(k.gate.sent, " "); got != test.want {
			t.Errorf("%s: sent %s", test.profile.Name, got)
		}
		same := len(slices.Compact(slices.Clone(bodies))) == 1
		if same != (test.profile.Name == "1.0.3") {
			t.Errorf("%s: sent verbatim: %v", test.profile.Name, same)
		}
	}
}

func TestACardThatIsAlwaysUnluckyIsGivenUp(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	s := k.ready()
	unlucky, err := wire.ErrorAnswer{Error: "unlucky number", Code: wire.CodeUnlucky}.Encode()
	must(t, err)
	k.gate.change = func(string, []byte) []byte { return unlucky }
	_, err = s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	want(t, err, cktap.ErrUnlucky)
	if n := k.gate.counted(wire.CmdSign); n < 13 || n > 20 {
		t.Errorf("tried %d times", n)
	}
}

func TestSigningManyDigestsOnACardWithRealLuckSucceeds(t *testing.T) {
	k := newKit(t, wire.Tapsigner, unlucky)
	s := k.ready()
	for n := range 100 {
		_, err := s.Sign(k.ctx, cvc(theCVC), nil, [32]byte{1, byte(n)}, nil)
		must(t, err)
	}
	if n := k.gate.counted(wire.CmdSign); n <= 100 {
		t.Error("the card never had bad luck: nothing was tested")
	}
}
