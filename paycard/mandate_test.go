package paycard_test

import (
	"errors"
	"fmt"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func rent() wire.Grant {
	return wire.Grant{Payee: addr(0x77), Cap: 30_000_000, Anchor: 8000, Block: [32]byte{1}, Period: 30 * 86400,
		Expiry: 1_900_000_000, Reference: [24]byte{'r', 'e', 'n', 't'}}
}

func TestAMandateIsSignedInTwoCommandsForOneVaultAndPayee(t *testing.T) {
	k := payable(t)
	s := k.owner()
	sent := k.ch.APDUs()
	m, signature, err := s.Mandate(t.Context(), 0, rent())
	must(t, err)
	if n := k.ch.APDUs() - sent; n != 2 { // GET STATUS and MANDATE
		t.Errorf("%d commands", n)
	}
	if m.Purse != purse || m.Grant != rent() || m.Counter != 1 {
		t.Errorf("%+v", m)
	}
	address := s.Card().Info().Address
	if by, err := signature.Recover(m.Digest()); err != nil || by != address {
		t.Error(by, err)
	}
	for name, change := range map[string]func(m *wire.Mandate){
		"vault": func(m *wire.Mandate) { m.Purse.Vault = addr(1) }, "payee": func(m *wire.Mandate) { m.Grant.Payee = addr(1) },
		"cap": func(m *wire.Mandate) { m.Grant.Cap++ }, "period": func(m *wire.Mandate) { m.Grant.Period-- },
		"expiry": func(m *wire.Mandate) { m.Grant.Expiry++ }, "counter": func(m *wire.Mandate) { m.Counter++ },
		"reference": func(m *wire.Mandate) { m.Grant.Reference[23]++ },
	} {
		forged := m
		change(&forged)
		if by, err := signature.Recover(forged.Digest()); err == nil && by == address {
			t.Errorf("good for another %s", name)
		}
	}
	if _, err := k.buy(5, 1); err != nil {
		t.Error(err)
	}
	log, err := k.owner().Log(t.Context())
	if err != nil || len(log) != 2 || log[1].Flags != wire.LogMandate || log[0].Counter != 2 {
		t.Errorf("%+v, %v", log, err)
	}
}

func TestAMandateThatIsNoneIsRefused(t *testing.T) {
	k := payable(t)
	s, ctx := k.owner(), t.Context()
	sent := k.ch.APDUs()
	for name, change := range map[string]func(g *wire.Grant){
		"cap": func(g *wire.Grant) { g.Cap = 0 }, "payee": func(g *wire.Grant) { g.Payee = wire.Address{} },
		"period": func(g *wire.Grant) { g.Period = 0 }, "anchor": func(g *wire.Grant) { g.Anchor++ },
	} {
		g := rent()
		change(&g)
		if _, _, err := s.Mandate(ctx, 0, g); !errors.Is(err, card.ErrWrongData) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k.ch.APDUs() != sent {
		t.Error("nonsense is sent to the card")
	}
	if _, _, err := s.Mandate(ctx, 3, rent()); !errors.Is(err, card.ErrNotFound) {
		t.Error(err)
	}
	self := rent()
	self.Payee = s.Card().Info().Address
	if _, _, err := s.Mandate(ctx, 0, self); !errors.Is(err, card.ErrWrongData) {
		t.Error(err)
	}
	must(t, s.Switch(ctx, false))
	if _, _, err := s.Mandate(ctx, 0, rent()); !errors.Is(err, &paycard.GuardError{Refusal: wire.RefusedOff}) {
		t.Error(err)
	}
}

func TestALostMandateIsSeenInTheLogAndReplaced(t *testing.T) {
	k := payable(t)
	s := k.owner()
	k.link.answer = func(cmd iso7816.Command, raw []byte) ([]byte, error) {
		if cmd.INS == wire.InsMandate {
			return nil, fmt.Errorf("%w: in the pocket", card.ErrRemoved)
		}
		return raw, nil
	}
	if _, _, err := s.Mandate(t.Context(), 0, rent()); !errors.Is(err, card.ErrRemoved) || !s.Closed() {
		t.Error(err)
	}
	k.link.answer = nil
	s = k.owner()
	log, err := s.Log(t.Context())
	must(t, err)
	again, _, err := s.Mandate(t.Context(), 0, rent())
	if err != nil || len(log) != 1 || log[0].Digest == again.Digest() || again.Counter != 2 {
		t.Errorf("%+v, %+v, %v", log, again, err)
	}
}
