package applet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

func factory(tb testing.TB) *applet.Factory {
	tb.Helper()
	f, err := applet.NewFactory(secret.Copy(theRoot))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestOptionsThatMakeNoCardAreRefused(t *testing.T) {
	env := func() softcard.Env { return softcard.NewEnv(softcard.NewStore()) }
	empty := env()
	empty.Rand = bytes.NewReader(nil)
	for name, o := range map[string]applet.Options{
		"no memory":         {Factory: factory(t)},
		"no factory":        {Env: env()},
		"no product":        {Env: env(), Factory: factory(t), Product: 9},
		"no such firmware":  {Env: env(), Factory: factory(t), Product: wire.Satschip, Profile: applet.V0_9_0},
		"one certificate":   {Env: env(), Factory: factory(t), Certificates: 1},
		"no random numbers": {Env: empty, Factory: factory(t)},
		"a card key of zeros": {Env: env(), Factory: factory(t),
			Personal: &applet.Personal{CardKey: secret.Copy(make([]byte, 32))}},
		"a short CVC": {Env: env(), Factory: factory(t), Personal: &applet.Personal{CVC: "12345"}},
		"a short backup key": {Env: env(), Factory: factory(t), Product: wire.Tapsigner,
			Personal: &applet.Personal{BackupKey: secret.Copy(make([]byte, 8))}},
		"a master key of zeros": {Env: env(), Factory: factory(t),
			Personal: &applet.Personal{MasterKey: secret.Copy(make([]byte, 32))}},
	} {
		if _, err := applet.New(o); err == nil {
			t.Errorf("%s: made a card", name)
		}
	}
	if _, err := applet.NewFactory(secret.Copy(make([]byte, 32))); !errors.Is(err, wire.ErrKey) {
		t.Error("a factory without a key", err)
	}
}

func TestEveryNewCardHasItsOwnCodesAndKeys(t *testing.T) {
	seen := map[string]bool{}
	for range 5 {
		_, label, err := applet.NewCard(applet.Options{Product: wire.Tapsigner, Factory: factory(t),
			Env: softcard.NewEnv(softcard.NewStore())})
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{label.Ident, string(revealed(label.BackupKey)), "cvc " + string(revealed(label.CVC))} {
			if seen[what] {
				t.Errorf("twice %x", what)
			}
			seen[what] = true
		}
	}
	_, label, err := applet.NewCard(applet.Options{Product: wire.Satschip, Factory: factory(t),
		Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil || string(revealed(label.CVC)) != "123456" || label.BackupKey.Len() != 0 {
		t.Error("a SATSCHIP's CVC is 123456", err)
	}
}

func TestASatscardsFirstChainCodeIsItsBirthBlocksHash(t *testing.T) {
	birth := applet.Block{Height: 170, Hash: wire.Bytes32{31: 0xEE, 5: 0xD1}}
	k := newKit(t, wire.Satscard, applet.V1_0_3, func(o *applet.Options) { o.Birth = birth })
	a := parsed(t, wire.ParseSatscardDerivation, k.send(wire.DeriveRequest{Nonce: theNonce}))
	if a.ChainCode != birth.Hash || k.status.Birth != 170 {
		t.Errorf("%x at %d", a.ChainCode, k.status.Birth)
	}
}

// damage changes a field of the stored card and tries to open it.
func damage(t *testing.T, change func(m map[string]any)) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "card")
	f, _, err := applet.CreateFile(path, applet.FileSettings{Product: "tapsigner"}, factory(t), applet.Block{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := f.Store().Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	var cells map[string]map[string]any
	if err := json.Unmarshal(raw, &cells); err != nil {
		t.Fatal(err)
	}
	change(cells["cktap"])
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return reopen(t, path, cells["cktap"])
}

// anything is a cell of any content.
type anything map[string]any

func (a anything) Clone() anything { return a }

// reopen writes a cell as its owner never would, and opens the card.
func reopen(t *testing.T, path string, content map[string]any) error {
	t.Helper()
	f, err := softcard.CreateFile(path+"2", applet.FileKind, applet.FileSettings{Product: "tapsigner"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := softcard.OpenCell(f.Store(), "cktap", func() (anything, error) { return content, nil }); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err = softcard.OpenFile(path + "2"); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, _, err = applet.FromFile(f)
	return err
}

func TestADamagedMemoryIsRefused(t *testing.T) {
	if err := damage(t, func(map[string]any) {}); err != nil {
		t.Fatal(err)
	}
	slot := func(m map[string]any) map[string]any { return m["Slots"].([]any)[0].(map[string]any) }
	for name, change := range map[string]func(m map[string]any){
		"no card key":        func(m map[string]any) { m["Card"] = nil },
		"short CVC":          func(m map[string]any) { m["CVC"] = "MTIz" },
		"no printed CVC":     func(m map[string]any) { m["PrintedCVC"] = nil },
		"no certificates":    func(m map[string]any) { m["Certificates"] = nil },
		"short certificate":  func(m map[string]any) { m["Certificates"] = []any{"MTIz"} },
		"ten slots":          func(m map[string]any) { m["Slots"] = make([]any, 10) },
		"attempts":           func(m map[string]any) { m["Attempts"] = 4 },
		"negative delay":     func(m map[string]any) { m["Delay"] = -1 },
		"backups":            func(m map[string]any) { m["Backups"] = 128 },
		"soft path":          func(m map[string]any) { m["Path"] = []any{1} },
		"no backup key":      func(m map[string]any) { m["BackupKey"] = nil },
		"current":            func(m map[string]any) { m["Current"] = 2 },
		"sealed without key": func(m map[string]any) { slot(m)["State"] = 1 },
		"state":              func(m map[string]any) { slot(m)["State"] = 9 },
		"unused with key":    func(m map[string]any) { slot(m)["Private"] = "MTIz" },
		"no number":          func(m map[string]any) { m["Birth"] = "x" },
	} {
		if err := damage(t, change); !errors.Is(err, softcard.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARandomSourceThatFailsIsAnInternalError(t *testing.T) {
	k := newKit(t, wire.Tapsigner, applet.V1_0_3).ready()
	for name, q := range map[string]func(k *kit) request{
		"status": func(*kit) request { return wire.StatusRequest{} },
		"check":  func(*kit) request { return wire.CheckRequest{Nonce: theNonce} },
		"nfc":    func(*kit) request { return wire.NFCRequest{} },
		"sign":   func(k *kit) request { return wire.SignRequest{Digest: theDigest, Auth: k.auth("sign")} },
		"read":   func(k *kit) request { return wire.ReadRequest{Nonce: theNonce, Auth: k.auth("read")} },
	} {
		source := &switchable{good: seeded("good")}
		k = k.remake(func(o *applet.Options) { o.Env.Rand = source }).ready()
		c, err := q(k).Command()
		if err != nil {
			t.Fatal(err)
		}
		source.broken = true
		if r := transmit(t, k.card, c); r.SW != iso7816.Internal || len(r.Data) != 0 {
			t.Errorf("%s: %v", name, r)
		}
		source.broken = false
		k.sel()
		k.ok(k.cvcCommand(theCVC))
	}
}

// switchable is a random source that can be broken.
type switchable struct {
	good   interface{ Read([]byte) (int, error) }
	broken bool
}

func (s *switchable) Read(b []byte) (int, error) {
	if s.broken {
		return iotest.ErrReader(errors.New("broken")).Read(b)
	}
	return s.good.Read(b)
}

func TestAMemoryThatCannotBeWrittenIsAnInternalErrorAndChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := softcard.CreateFile(path, applet.FileKind, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newKit(t, wire.Satscard, applet.V1_0_3, func(o *applet.Options) { o.Env.Store = f.Store() })
	k.store = f.Store()
	if err := f.Close(); err != nil { // from now on nothing can be stored
		t.Fatal(err)
	}
	before := k.memory()
	c, err := wire.UnsealRequest{Slot: new(0), Auth: k.auth("unseal")}.Command()
	if err != nil {
		t.Fatal(err)
	}
	if r := transmit(t, k.card, c); r.SW != iso7816.Internal || len(r.Data) > 0 || !before.same(k.memory()) {
		t.Errorf("%v", r)
	}
	k.ok(k.send(wire.ReadRequest{Nonce: theNonce}))
	if err := k.app.Tamper(); err == nil {
		t.Error("tampered with a card that cannot remember it")
	}
}

func TestLatencyIsThatOfRealCards(t *testing.T) {
	var slept time.Duration
	k := newKit(t, wire.Tapsigner, applet.V1_0_3,
		func(o *applet.Options) { o.Sleep = func(d time.Duration) { slept += d } })
	for _, c := range []struct {
		q        request
		from, to time.Duration
	}{
		{wire.StatusRequest{}, time.Millisecond, 100 * time.Millisecond},
		{wire.CheckRequest{Nonce: theNonce}, 300 * time.Millisecond, 400 * time.Millisecond},
		{wire.WaitRequest{}, time.Second, time.Second},
	} {
		slept = 0
		k.ok(k.send(c.q))
		if slept < c.from || slept > c.to {
			t.Errorf("%T took %v", c.q, slept)
		}
	}
	for _, s := range wire.Commands() {
		c := tap(body("cmd", text(s.Name)))
		if applet.Took(c) <= 0 {
			t.Errorf("%s takes no time", s.Name)
		}
	}
	if applet.Took(tap(nil)) != 0 || applet.Took(wire.SelectCommand()) <= 0 {
		t.Error("SELECT takes time, nonsense does not")
	}
}

func TestATRIsThatOfRealCards(t *testing.T) {
	atr := applet.ATR()
	check := byte(0)
	for _, b := range atr[1:] {
		check ^= b
	}
	if !bytes.Equal(atr, []byte{0x3B, 0x88, 0x80, 0x01, 'C', 'o', 'i', 'n', 'k', 'i', 't', 'e', 0x31}) || check != 0 {
		t.Errorf("%X", atr)
	}
}

func TestProfilesAreFoundByName(t *testing.T) {
	for name, want := range map[string]string{"": "1.0.3", "0.9.0": "0.9.0", "1.0.0": "1.0.0", "1.0.3": "1.0.3",
		"emulator": "emulator"} {
		if p, err := applet.ProfileByName(name); err != nil || p.Name != want {
			t.Errorf("%q: %v %v", name, p.Name, err)
		}
	}
	if _, err := applet.ProfileByName("2.0"); err == nil || !strings.Contains(err.Error(), "emulator") {
		t.Error(err)
	}
}
