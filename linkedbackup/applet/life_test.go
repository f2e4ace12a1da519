package applet_test

import (
	"bytes"
	"crypto/sha512"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/applet"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

const testMnemonic = "test test test test test test test test test test test junk"

func testSeed() secret.Bytes { return hd.Seed(secret.Copy([]byte(testMnemonic)), secret.Bytes{}) }

// inState brings a card into each state. The code of those with a key is verified.
func inState(w *world, state wire.State) *soft {
	switch state {
	case wire.Blank:
		return w.blank("blank")
	case wire.Empty:
		return w.empty("empty")
	case wire.Joined:
		c := w.empty("joined")
		c.join(w.active("other").begin(2)[0])
		return c.tap()
	}
	c := w.active("card")
	other := w.empty("other")
	switch state {
	case wire.Offering:
		c.begin(2)
	case wire.Source:
		backup(c, other)
	case wire.Backup:
		backup(c, other)
		c = other
	}
	return c.tap().login(theCode)
}

// every command, well formed, with the card's own idea of what it may be.
func everyCommand(w *world) map[byte]iso7816.Command {
	o := wire.Offer{Size: 2, Slot: 1}
	none := secret.Bytes{}
	return map[byte]iso7816.Command{
		wire.InsVerify:   wire.VerifyCommand(code(theCode)),
		wire.InsChange:   wire.ChangeCommand(code(theCode), code(theCode)),
		wire.InsWait:     wire.WaitCommand(),
		wire.InsActivate: wire.ActivateCommand(wire.Generated, code(theCode), none),
		wire.InsDerive:   wire.DeriveCommand(w.random32(), nil),
		wire.InsSign:     wire.SignCommand(nil, make([][32]byte, 1)),
		wire.InsBegin:    wire.BeginCommand(3),
		wire.InsJoin:     wire.JoinCommand(o),
		wire.InsCommit:   wire.CommitCommand(make([]wire.Join, 1)),
		wire.InsBundle:   wire.BundleCommand(1),
		wire.InsImport:   wire.ImportCommand(wire.Bundle{Size: 2, Set: make([]wire.Key, 2)}),
		wire.InsAbort:    wire.AbortCommand(),
		wire.InsAttest:   wire.AttestCommand(w.random32()),
		wire.InsReset:    wire.ResetCommand(code(theCode)),
	}
}

// The table of states: what each command answers in each of them. OK stands for done; ErrCount for "refused for its
// content, not for the state".
func TestEveryCommandInEveryState(t *testing.T) {
	ok := (*wire.Refusal)(nil)
	authed := map[byte]bool{wire.InsVerify: true, wire.InsChange: true, wire.InsReset: true, wire.InsActivate: true,
		wire.InsDerive: true, wire.InsSign: true, wire.InsBegin: true, wire.InsCommit: true}
	blank, auth, hasKey, runOpen, noRun := wire.ErrBlank, wire.ErrAuth, wire.ErrHasKey, wire.ErrRunOpen, wire.ErrNoRun
	linked, count, point, otherCard := wire.ErrLinked, wire.ErrCount, wire.ErrPoint, wire.ErrOtherCard
	want := map[byte][7]*wire.Refusal{ // blank, empty, joined, active, offering, source, backup
		wire.InsVerify:   {blank, auth, auth, ok, ok, ok, ok},
		wire.InsChange:   {blank, auth, auth, ok, ok, ok, ok},
		wire.InsWait:     {blank, ok, ok, ok, ok, ok, ok},
		wire.InsActivate: {blank, auth, auth, hasKey, hasKey, hasKey, hasKey},
		wire.InsDerive:   {blank, auth, auth, ok, ok, ok, ok},
		wire.InsSign:     {blank, auth, auth, ok, ok, ok, ok},
		wire.InsBegin:    {blank, auth, auth, ok, runOpen, linked, linked},
		wire.InsJoin:     {blank, point, runOpen, linked, linked, linked, linked},
		wire.InsCommit:   {blank, auth, auth, noRun, count, linked, linked},
		wire.InsBundle:   {blank, noRun, noRun, noRun, noRun, ok, noRun},
		wire.InsImport:   {blank, noRun, otherCard, linked, linked, linked, linked},
		wire.InsAbort:    {blank, noRun, ok, noRun, ok, noRun, noRun},
		wire.InsAttest:   {blank, ok, ok, ok, ok, ok, ok},
		wire.InsReset:    {blank, auth, auth, ok, ok, ok, ok},
	}
	w := newWorld(t, 50)
	for state := wire.Blank; state <= wire.Backup; state++ {
		for ins, cmd := range everyCommand(w) {
			c := inState(w, state)
			if c.info.State != state {
				t.Fatalf("state %v instead of %v", c.info.State, state)
			}
			if cmd.INS == wire.InsCommit && state == wire.Offering {
				cmd = wire.CommitCommand(nil)
			}
			r := c.send(cmd)
			expected := iso7816.OK
			if want[ins][state] != nil {
				expected = want[ins][state].SW
			}
			if r.SW != expected {
				t.Errorf("%v, INS %02X: %v (%v) instead of %v", state, ins, r.SW, wire.FromStatus(r.SW), expected)
			}
			if authed[ins] && state > wire.Blank {
				c.tap().refused(wire.ErrAuth, cmd) // without the channel
			}
		}
	}
}

func TestInTheChannelWithoutTheCode(t *testing.T) {
	w := newWorld(t, 51)
	c := w.active("S").tap().open()
	for _, ins := range []byte{wire.InsDerive, wire.InsSign, wire.InsBegin, wire.InsCommit} {
		c.refused(wire.ErrAuth, everyCommand(w)[ins])
	}
	c.login(theCode)
	c.open() // a new channel, and the code is not verified in it
	c.refused(wire.ErrAuth, wire.BeginCommand(2))
	e := w.empty("E").open()
	for _, cmd := range takingCode(theCode) {
		e.refused(wire.ErrNoKey, cmd)
	}
}

func TestUnknownCommandsAndParameters(t *testing.T) {
	c := newWorld(t, 52).active("S")
	c.refused(wire.ErrUnknownINS, iso7816.Command{INS: 0x7E})
	for _, cmd := range []iso7816.Command{
		{INS: wire.InsWait, P1: 1}, {INS: wire.InsWait, P2: 1}, {INS: wire.InsSign, P1: 0}, {INS: wire.InsSign, P1: 15},
	} {
		c.refused(wire.ErrParameters, cmd)
	}
	c.refused(wire.ErrCount, wire.BeginCommand(1))
	c.refused(wire.ErrCount, wire.BeginCommand(4))
	c.ch = nil
	for _, cla := range []byte{0x00, 0x88, 0xA0, 0xFF} {
		r, err := c.transmit(iso7816.Command{CLA: cla, INS: wire.InsWait})
		if must(t, err); r.SW != iso7816.ClaNotSupported {
			t.Errorf("class %02X: %v", cla, r.SW)
		}
	}
	r, err := c.transmit(iso7816.Command{CLA: wire.ClassChannel, INS: wire.InsWait, Data: make([]byte, 16)})
	if must(t, err); r.SW != iso7816.SecurityNotSatisfied {
		t.Errorf("garbage in the channel: %v", r.SW)
	}
}

func TestAnImportedPhraseIsStatedForEver(t *testing.T) {
	w := newWorld(t, 53)
	s, a := w.empty("S"), w.empty("A")
	s.open()
	s.refused(wire.ErrSeed, wire.ActivateCommand(wire.Imported, code(theCode), secret.Bytes{}))
	s.refused(wire.ErrSeed, wire.ActivateCommand(wire.Generated, code(theCode), testSeed()))
	s.refused(wire.ErrFormat, wire.ActivateCommand(3, code(theCode), testSeed()))
	s.refused(wire.ErrCode, wire.ActivateCommand(wire.Imported, code("short"), testSeed()))
	s.ok(wire.ActivateCommand(wire.Imported, code(theCode), testSeed()))
	backup(s, a)
	for _, c := range []*soft{s, a} {
		if at := c.attest(); at.Origin != wire.Imported || c.tap().info.Origin != wire.Imported {
			t.Errorf("card %s says %v", c.name, at.Origin)
		}
	}
	master, err := hd.Master(testSeed())
	must(t, err)
	path := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 7}
	want, err := master.Derive(path)
	must(t, err)
	nonce := w.random32()
	d, err := wire.ParseDerived(a.tap().login(theCode).ok(wire.DeriveCommand(nonce, path)))
	must(t, err)
	must(t, d.Verify(a.info.Card, nonce, path))
	if d.Key != want.Compressed() || d.Chain != want.ChainCode() {
		t.Error("the card derives another key")
	}
	if d.Verify(s.info.Card, nonce, path) == nil || d.Verify(a.info.Card, w.random32(), path) == nil {
		t.Error("the proof is good for another card or nonce")
	}
}

func TestSignaturesAreByTheKeyAtThePath(t *testing.T) {
	w := newWorld(t, 54)
	s := w.active("S")
	path := []uint32{1 << 31, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	hashes := make([][32]byte, wire.MaxHashes)
	for i := range hashes {
		hashes[i] = w.random32()
	}
	signed, err := wire.ParseSigned(s.ok(wire.SignCommand(path, hashes)), len(hashes))
	must(t, err)
	for i, sig := range signed.Signatures {
		compact := append(append([]byte{27 + sig.V}, sig.R[:]...), sig.S[:]...)
		key, _, err := ecdsa.RecoverCompact(compact, hashes[i][:])
		must(t, err)
		if !bytes.Equal(key.SerializeCompressed(), signed.Key[:]) {
			t.Errorf("signature %d is by another key", i)
		}
		var half secp256k1.ModNScalar
		if half.SetBytes(&sig.S); half.IsOverHalfOrder() {
			t.Errorf("signature %d has a high s", i)
		}
	}
	d, err := wire.ParseDerived(s.ok(wire.DeriveCommand(w.random32(), path)))
	if must(t, err); d.Key != signed.Key {
		t.Error("DERIVE gives another key")
	}
	s.refused(wire.ErrLength, wire.SignCommand(append(path, 11), hashes[:1]))
	s.refused(wire.ErrLength, wire.DeriveCommand(w.random32(), append(path, 11)))
}

func TestAPathWithoutAKeySaysSo(t *testing.T) {
	w := newWorld(t, 55)
	store := softcard.NewStore()
	bad := func(_, _ []byte) (sum [64]byte) { return [64]byte(bytes.Repeat([]byte{0xFF}, 64)) }
	env := softcard.Env{Store: store, Rand: w.rand, Now: softcard.NewEnv(nil).Now}
	card, err := applet.NewCard(applet.Options{Env: env, HMAC512: bad})
	must(t, err)
	c := &soft{world: w, name: "C", card: card, store: store}
	c.tap().ok(wire.PersonalizeCommand(c.certificate(w.maker, wire.FlagSoftware)))
	c.tap().open().ok(wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
	c.ok(wire.VerifyCommand(code(theCode)))
	c.refused(wire.ErrPath, wire.SignCommand([]uint32{1}, make([][32]byte, 1)))
	c.refused(wire.ErrPath, wire.DeriveCommand(w.random32(), []uint32{1}))
	c.ok(wire.SignCommand(nil, make([][32]byte, 1)))
}

func TestTheRootIsSetOnce(t *testing.T) {
	w := newWorld(t, 56)
	other := w.pair()
	c := w.blank("C")
	c.refused(wire.ErrMixed, wire.PersonalizeCommand(c.certificate(w.maker, 0))) // it would hide that it is software
	c.refused(wire.ErrMaker, wire.PersonalizeCommand(c.certificate(w.maker, 2|wire.FlagSoftware)))
	wrong := c.certificate(w.maker, wire.FlagSoftware)
	wrong.Root = other.Public
	c.refused(wire.ErrMaker, wire.PersonalizeCommand(wrong))
	right := wire.PersonalizeCommand(c.certificate(w.maker, wire.FlagSoftware))
	c.ok(right)
	before := c.memory()
	c.ok(right) // its answer was lost
	c.refused(wire.ErrCertified, wire.PersonalizeCommand(c.certificate(other, wire.FlagSoftware)))
	c.tap().open().ok(wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
	c.ok(wire.ResetCommand(code(theCode)))
	if c.memory() != before {
		t.Error("a reset leaves something, or takes too much")
	}
	c.refused(wire.ErrCertified, wire.PersonalizeCommand(c.certificate(other, wire.FlagSoftware)))
	if c.tap().info.Root != w.maker.Public {
		t.Error("the root has changed")
	}
}

func TestShortAPDUsCarryEverything(t *testing.T) {
	w := newWorld(t, 57)
	s, a, b := w.active("S"), w.empty("A"), w.empty("B")
	offers := s.begin(3)
	joins := []wire.Join{a.join(offers[0]), b.join(offers[1])}
	s.tap().login(theCode)
	cmd, err := s.ch.WrapCommand(wire.CommitCommand(joins))
	must(t, err)
	cmd.Ne = 256
	var r iso7816.Response
	for _, part := range cmd.Chain(255) {
		r, err = s.transmit(part)
		must(t, err)
	}
	all := r.Data
	for r.SW.SW1() == 0x61 {
		r, err = s.transmit(iso7816.Command{CLA: cmd.CLA, INS: iso7816.InsGetResponse, Ne: 256})
		must(t, err)
		all = append(all, r.Data...)
	}
	plain, err := s.ch.UnwrapResponse(iso7816.Response{Data: all, SW: r.SW})
	must(t, err)
	bundles, err := wire.ParseBundles(plain.Data, 3)
	must(t, err)
	a.take(bundles[0])
}

func TestChainsAreBoundedAndOfOnePiece(t *testing.T) {
	c := newWorld(t, 58).empty("C")
	part := iso7816.Command{CLA: 0x90, INS: wire.InsJoin, Data: make([]byte, 255)}
	send := func(cmd iso7816.Command) iso7816.Status {
		r, err := c.transmit(cmd)
		must(t, err)
		return r.SW
	}
	for range 4 {
		if sw := send(part); sw != iso7816.OK {
			t.Fatal(sw)
		}
	}
	if sw := send(part); sw != iso7816.WrongLength {
		t.Errorf("1,275 bytes: %v", sw)
	}
	send(part)
	if sw := send(iso7816.Command{CLA: 0x80, INS: wire.InsWait}); sw != iso7816.LastChainedExpected {
		t.Errorf("another command in a chain: %v", sw)
	}
	if sw := send(iso7816.Command{CLA: 0x80, INS: wire.InsWait}); sw != iso7816.OK {
		t.Errorf("after a broken chain: %v", sw)
	}
	if sw := send(iso7816.Command{CLA: 0x80, INS: iso7816.InsGetResponse}); sw != iso7816.ConditionsNotSatisfied {
		t.Errorf("GET RESPONSE without anything to get: %v", sw)
	}
}

func TestACardFileIsTakenUpAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := applet.CreateFile(path)
	must(t, err)
	must(t, f.Close())
	var keys []wire.Key
	for range 2 {
		f, err := softcard.OpenFile(path)
		must(t, err)
		card, err := applet.FromFile(f)
		must(t, err)
		c := &soft{world: newWorld(t, 59), card: card, store: f.Store()}
		keys = append(keys, c.tap().info.Card)
		must(t, f.Close())
	}
	if keys[0] != keys[1] {
		t.Error("the card has another key")
	}
}

func TestADamagedMemoryIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, applet.FileKind, struct{}{})
	must(t, err)
	_, err = softcard.OpenCell(f.Store(), "linked", func() (junk, error) { return junk{"x"}, nil })
	must(t, err)
	must(t, f.Close())
	f, err = softcard.OpenFile(path)
	must(t, err)
	if _, err := applet.FromFile(f); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a card without a key: %v", err)
	}
	must(t, f.Close())
}

type junk struct{ Junk string }

func (j junk) Clone() junk { return j }

func TestTheSeedOfAGeneratedKeyIsTheCardsRandomNumbers(t *testing.T) {
	w := newWorld(t, 60)
	c := w.empty("C").open()
	c.rand = bytes.NewReader(bytes.Repeat([]byte{7}, wire.SeedSize))
	c.ok(wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{}))
	sum := hd.StandardHMAC512([]byte("Bitcoin seed"), bytes.Repeat([]byte{7}, wire.SeedSize))
	if in := c.inside(); !bytes.Equal(in.Wallet.Private, sum[:32]) || !bytes.Equal(in.Wallet.Chain, sum[32:sha512.Size]) {
		t.Error("the key comes from somewhere else")
	}
}
