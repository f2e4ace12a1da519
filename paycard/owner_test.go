package paycard_test

import (
	"errors"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

func TestTheOwnerSetsAndSeesTheGuards(t *testing.T) {
	k := payable(t)
	s, ctx := k.owner(), t.Context()
	g := wire.Guards{Flags: wire.OncePerPower | wire.WantTime, Hourly: 7, Gap: 9, Window: 3600, Currency: 77}
	must(t, s.SetGuards(ctx, g))
	must(t, s.Refill(ctx, 12))
	must(t, s.Switch(ctx, false))
	status, err := s.Status(ctx)
	if err != nil || status.Guards != g || status.Left != 12 || status.On {
		t.Errorf("%+v, %v", status, err)
	}
	touched := profile()
	touched.Touch = wire.TouchOnly
	must(t, s.SetProfile(ctx, 2, touched))
	normal := profile()
	normal.Touch = 2
	must(t, s.SetProfile(ctx, 0, normal))
	if p, err := s.Profile(ctx, 0); err != nil || p.Profile != normal {
		t.Errorf("%+v, %v", p, err)
	}
	must(t, s.DeleteProfile(ctx, 0))
	if _, err := s.Profile(ctx, 0); !errors.Is(err, card.ErrNotFound) {
		t.Error(err)
	}
	keys, err := s.TimeAuthorities(ctx)
	if err != nil || len(keys) != 1 || keys[0] != public(authority) {
		t.Error(keys, err)
	}
}

func TestNonsenseIsRefusedBeforeItIsSent(t *testing.T) {
	k := payable(t)
	s, ctx := k.owner(), t.Context()
	self, other := profile(), profile()
	self.Touch, other.Touch = 0, 3
	sent := k.ch.APDUs()
	for name, err := range map[string]error{
		"guards":          s.SetGuards(ctx, wire.Guards{}),
		"profile 4":       s.SetProfile(ctx, 4, profile()),
		"profile":         s.SetProfile(ctx, 1, wire.Profile{}),
		"deleted":         s.DeleteProfile(ctx, 4),
		"no scheme":       s.SetService(ctx, service("approve.example", approver)),
		"http":            s.SetService(ctx, service("http://approve.example", approver)),
		"no URL":          s.SetService(ctx, service("https://%zz", approver)),
		"keys":            s.SetService(ctx, wire.Service{URL: theURL, MAC: macKey}),
		"MAC key":         s.SetService(ctx, wire.Service{URL: theURL, Keys: service(theURL, approver).Keys}),
		"authorities":     s.SetTimeAuthorities(ctx, []wire.PublicKey{{}}),
		"PIN":             s.VerifyPIN(ctx, digits("12345")),
		"PUK":             s.UnblockPIN(ctx, digits("1"), digits("123456")),
		"profile's state": second(s.Profile(ctx, 9)),
	} {
		if !errors.Is(err, card.ErrWrongData) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k.ch.APDUs() != sent {
		t.Errorf("%d commands", k.ch.APDUs()-sent)
	}
	if err := errors.Join(s.SetProfile(ctx, 0, self), s.SetProfile(ctx, 0, other)); !errors.Is(err, card.ErrWrongData) {
		t.Error(err)
	}
	must(t, s.SetService(ctx, service("http://127.0.0.1:8080/v1", approver)))
}

func TestMovingToAnotherServiceIsOneStep(t *testing.T) {
	k := payable(t)
	for i := range 3 {
		_, err := k.buy(5, byte(i+1))
		must(t, err)
	}
	moved, err := k.owner().Move(t.Context(), service("https://other.example", next))
	must(t, err)
	if o := moved.Open; moved.Before.URL != theURL || len(o) != 3 || o[0].Counter != 3 || o[0].Anchor != 8000 {
		t.Errorf("%+v", moved)
	}
	if _, err := k.buy(5, 9); !errors.Is(err, &paycard.GuardError{Refusal: wire.RefusedApprover}) {
		t.Error(err)
	}
	c := k.tap()
	tap, err := c.Challenge(t.Context(), 0, purse, order(5, 9))
	must(t, err)
	if _, _, err := tap.Pay(t.Context(), k.approve(tap, next)); err != nil || c.Info().URL != "https://other.example" {
		t.Error(c.Info().URL, err)
	}
	s := k.owner()
	must(t, s.RemoveService(t.Context()))
	if service, err := s.Service(t.Context()); err != nil || service.URL != "" {
		t.Error(service.URL, err)
	}
}

func TestBindIsForOneOwnerAtOneVault(t *testing.T) {
	k := payable(t)
	s := k.owner()
	signature, err := s.Bind(t.Context(), 0, addr(9))
	must(t, err)
	address := s.Card().Info().Address
	elsewhere := purse
	elsewhere.Vault = addr(1)
	for name, digest := range map[string][32]byte{
		"another owner": wire.BindDigest(purse, address, addr(8)),
		"another vault": wire.BindDigest(elsewhere, address, addr(9)),
	} {
		if by, err := signature.Recover(digest); err == nil && by == address {
			t.Errorf("good for %s", name)
		}
	}
	if _, err := s.Bind(t.Context(), 3, addr(9)); !errors.Is(err, card.ErrNotFound) {
		t.Error(err)
	}
}

func TestTheLogIsReadToItsEnd(t *testing.T) {
	k := payable(t)
	for n := 0; n < 35; n++ {
		if n < 3 || n > 32 {
			log, err := k.owner().Log(t.Context())
			if err != nil || len(log) != min(n, wire.LogEntries) {
				t.Fatalf("%d entries after %d payments, %v", len(log), n, err)
			}
		}
		_, err := k.buy(5, byte(n+1))
		must(t, err)
	}
}

func TestCodes(t *testing.T) {
	k, ctx := newKit(t).ready(), t.Context()
	s := k.owner()
	must(t, s.ChangePUK(ctx, digits("210987654321")))
	must(t, s.ChangePairingSecret(ctx, secret.Copy(make([]byte, 32))))
	for range 2 {
		if err := s.VerifyPIN(ctx, digits("000000")); !errors.Is(err, card.ErrWrongPIN) {
			t.Error(err)
		}
	}
	if err := s.VerifyPIN(ctx, digits("123456")); !errors.Is(err, card.ErrLastTry) {
		t.Error(err)
	}
	if err := s.Switch(ctx, false); !errors.Is(err, card.ErrConditions) {
		t.Error(err) // the wrong PIN has ended the right one's authentication
	}
	k.opts.SpendLastTry = true
	s, err := k.tap().Open(ctx, k.pairing)
	must(t, err)
	if err := s.VerifyPIN(ctx, digits("000000")); !errors.Is(err, card.ErrBlocked) {
		t.Error(err)
	}
	must(t, s.UnblockPIN(ctx, digits("210987654321"), digits("111111")))
	must(t, s.ChangePIN(ctx, digits("123456")))
	tries, err := s.Tries(ctx)
	if err != nil || tries != (wire.Tries{PIN: 3, PUK: 5}) {
		t.Error(tries, err)
	}
	if _, err := s.Card().Pair(ctx, pairingSecret); !errors.Is(err, paycard.ErrWrongPassword) {
		t.Error(err)
	}
}

func TestSessionsEnd(t *testing.T) {
	k, ctx := payable(t), t.Context()
	s := k.owner()
	before := s.Card().Info().Address
	must(t, s.Unpair(ctx, 3))
	must(t, s.FactoryReset(ctx))
	if !s.Closed() || s.Card().Info().Initialized {
		t.Error("nothing happened")
	}
	if err := s.Refill(ctx, 1); !errors.Is(err, paycard.ErrChannelClosed) {
		t.Error(err)
	}
	if _, err := s.Card().Open(ctx, k.pairing); !errors.Is(err, card.ErrConditions) {
		t.Error(err)
	}
	stale := k.pairing
	k.ready()
	if k.tap().Info().Address == before {
		t.Error("the key has survived")
	}
	if _, err := k.tap().Open(ctx, stale); !errors.Is(err, paycard.ErrStalePairing) {
		t.Error(err)
	}
	stale.Slot = 3
	if _, err := k.tap().Open(ctx, stale); !errors.Is(err, paycard.ErrStalePairing) {
		t.Error(err)
	}
	s, err := k.tap().Open(ctx, k.pairing)
	must(t, err)
	if err := s.FactoryReset(ctx); !errors.Is(err, card.ErrConditions) || s.Closed() {
		t.Error(err)
	}
}

func TestKeycardsStoreKeepsThePairing(t *testing.T) {
	k := newKit(t).ready()
	store, err := keycard.OpenStore(filepath.Join(t.TempDir(), "pay.json"))
	must(t, err)
	uid := k.tap().Info().UID
	must(t, store.SetPairing(uid, k.pairing))
	p, ok, err := store.Pairing(uid)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	_, err = k.tap().Open(t.Context(), p)
	must(t, err)
}

func TestAKeycardIsNoPaymentCard(t *testing.T) {
	k := newKit(t)
	k.link.answer = func(_ iso7816.Command, raw []byte) ([]byte, error) { return []byte{0x6A, 0x82}, nil }
	if _, err := paycard.Select(t.Context(), card.NewChannel(k.link)); !errors.Is(err, card.ErrUnknownApplet) {
		t.Error(err)
	}
	info := wire.Info{Version: 0x0200}
	k.link.answer = func(_ iso7816.Command, raw []byte) ([]byte, error) { return append(info.Encode(), 0x90, 0), nil }
	if _, err := paycard.Select(t.Context(), card.NewChannel(k.link)); !errors.Is(err, card.ErrUnsupported) {
		t.Error(err)
	}
}
