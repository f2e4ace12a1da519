package vault_test

import (
	"errors"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

const day = 86_400

// grants makes the next mandate: 30 a day for the merchant, for a year.
func (w *world) grants(change func(*wire.Mandate)) vault.Mandate {
	w.Helper()
	a := must[vault.Anchor](w.T)(w.v.Anchor(w.Context()))
	w.counter++
	m := wire.Mandate{Purse: w.v.Name(), Counter: w.counter, Grant: wire.Grant{Payee: wire.Address(w.merchant.Address),
		Cap: 30e6, Anchor: a.Block, Block: a.Hash, Period: day, Expiry: uint32(time.Now().Unix() + 365*day)}}
	change(&m)
	return vault.Mandate{Mandate: m, Card: common.Address(w.address()), Signature: wire.Sign(w.card, m.Digest())}
}

// stands wants a mandate to stand so.
func (w *world) stands(m vault.Mandate, want vault.MandateState) {
	w.Helper()
	got := must[vault.MandateState](w.T)(w.v.MandateState(w.Context(), m))
	if got.Next <= uint64(time.Now().Unix()) || got.Next%day != 0 {
		w.Errorf("the next period begins at %d", got.Next)
	}
	if got.Next = 0; got != want {
		w.Errorf("%+v, not %+v", got, want)
	}
}

// refusesPull wants a pull to be refused by a named error of the contracts.
func (w *world) refusesPull(m vault.Mandate, amount uint64, name string) {
	w.Helper()
	var refused *vault.Refused
	if _, err := w.v.Pull(w.Context(), w.merchant, m, amount); !errors.As(err, &refused) || refused.Name != name {
		w.Errorf("%d: %v, and not %s", amount, err, name)
	}
}

func TestAPayeePullsWhatTheStateOfTheMandateSays(t *testing.T) {
	w, ctx := newWorld(t, testnode.Anvil), t.Context()
	m := w.grants(func(*wire.Mandate) {})
	w.stands(m, vault.MandateState{})
	w.refusesPull(m, 1e6, "NoMandate")
	if receipt := must[*types.Receipt](t)(w.v.StartMandate(ctx, w.rich, m)); receipt == nil {
		t.Fatal("nothing was sent")
	}
	if receipt := must[*types.Receipt](t)(w.v.StartMandate(ctx, w.rich, m)); receipt != nil {
		t.Fatal("it was started twice")
	}
	w.stands(m, vault.MandateState{Started: true, Left: 30e6})
	must[*types.Receipt](t)(w.v.Pull(ctx, w.merchant, m, 20e6))
	w.stands(m, vault.MandateState{Started: true, Pulled: 20e6, Left: 10e6})
	w.refusesPull(m, 10e6+1, "OverMandate")
	if _, err := w.v.Pull(ctx, w.owner, m, 1e6); !errors.Is(err, vault.ErrOtherPayee) {
		t.Error(err)
	}
	must[*types.Receipt](t)(w.v.Pull(ctx, w.merchant, m, 10e6))
	w.refusesPull(m, 1, "OverMandate")
	testnode.Pass(t, w.url, day)
	w.stands(m, vault.MandateState{Started: true, Left: 30e6})
	must[*types.Receipt](t)(w.v.Pull(ctx, w.merchant, m, 30e6))
	if got := w.purse(); got.Balance != 240e6 || got.Counter != 1 {
		t.Errorf("%+v", got)
	}
	stop := vault.NewAction(vault.StopMandate, m.Card, nil, common.Address{}, m.ID(), time.Now().Add(2*day*time.Second))
	must[*types.Receipt](t)(w.v.Act(ctx, w.rich, w.owner.Address, stop,
		must[[65]byte](t)(w.v.SignAction(w.owner, stop, must[*big.Int](t)(w.v.Nonce(ctx, w.owner.Address))))))
	w.stands(m, vault.MandateState{Started: true, Stopped: true, Pulled: 30e6})
	w.refusesPull(m, 0, "NoMandate")
}

func TestAMandateEndsWithItsExpiryAndItsAnchor(t *testing.T) {
	w, ctx := newWorld(t, testnode.Anvil), t.Context()
	soon := w.grants(func(m *wire.Mandate) { m.Grant.Expiry = uint32(time.Now().Unix() + 3600) })
	late := w.grants(func(*wire.Mandate) {})
	most := w.grants(func(m *wire.Mandate) { m.Grant.Cap, m.Grant.Period = math.MaxUint64, math.MaxUint32 })
	must[*types.Receipt](t)(w.v.StartMandate(ctx, w.rich, soon))
	must[*types.Receipt](t)(w.v.Pull(ctx, w.merchant, soon, 1e6))
	testnode.Pass(t, w.url, 7200)
	w.refusesPull(soon, 1e6, "NoMandate")
	if s := must[vault.MandateState](t)(w.v.MandateState(ctx, soon)); !s.Over || s.Left != 0 {
		t.Errorf("%+v", s)
	}
	must[*types.Receipt](t)(w.v.StartMandate(ctx, w.rich, most))
	must[*types.Receipt](t)(w.v.Pull(ctx, w.merchant, most, 40e6))
	if s := must[vault.MandateState](t)(w.v.MandateState(ctx, most)); s.Left != math.MaxUint64-40e6 || s.Next != 1<<32-1 {
		t.Errorf("%+v", s)
	}
	testnode.Mine(t, w.url, params.AnchorLife+16)
	if _, err := w.v.StartMandate(ctx, w.rich, late); !vault.IsRefused(err, vault.BadAnchor) {
		t.Error(err)
	}
}

func TestAChangedMandateIsFoundOutBeforeItIsSent(t *testing.T) {
	w, ctx := newWorld(t, testnode.Anvil), t.Context()
	m := w.grants(func(*wire.Mandate) {})
	for name, change := range map[string]func(*vault.Mandate){
		"cap": func(m *vault.Mandate) { m.Grant.Cap++ }, "payee": func(m *vault.Mandate) { m.Grant.Payee[0]++ },
		"card": func(m *vault.Mandate) { m.Card[0]++ }, "counter": func(m *vault.Mandate) { m.Counter++ },
		"signature": func(m *vault.Mandate) { m.Signature.S[31]++ },
	} {
		forged := m
		change(&forged)
		_, start := w.v.StartMandate(ctx, w.rich, forged)
		_, pull := w.v.Pull(ctx, w.merchant, forged, 1)
		if !errors.Is(start, vault.ErrMandate) || !errors.Is(pull, vault.ErrMandate) {
			t.Errorf("%s: %v, %v", name, start, pull)
		}
	}
	m.Purse.Chain++
	if err := w.v.CheckMandate(m); err == nil {
		t.Error("another chain's")
	}
}
