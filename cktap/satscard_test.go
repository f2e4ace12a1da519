package cktap_test

import (
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

func TestAVerifiedAddressIsTheOnePrintedOnTheCard(t *testing.T) {
	for _, p := range applet.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			k := newKit(t, wire.Satscard, firmware(p))
			proof, err := k.satscard().Verify(k.ctx, nil)
			must(t, err)
			if proof.Address != k.app.Label().Address || proof.Slot != 0 || proof.Verdict.Authority != "the test factory" {
				t.Errorf("%+v", proof)
			}
			if proof.Attested == p.Version.Before(wire.V1_0_0) {
				t.Errorf("attested: %v", proof.Attested)
			}
		})
	}
}

func TestASlotGoesThroughItsLife(t *testing.T) {
	for _, p := range applet.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			k := newKit(t, wire.Satscard, firmware(p))
			for n := range 10 {
				s := k.satscard()
				if n > 0 {
					proof, err := s.New(k.ctx, cvc(theCVC), theEntropy)
					must(t, err)
					if proof.Slot != n || proof.Entropy != cktap.EntropyYours {
						t.Fatalf("%+v", proof)
					}
				}
				proof, err := s.Verify(k.ctx, nil)
				must(t, err)
				o, err := s.Unseal(k.ctx, cvc(theCVC), n)
				must(t, err)
				if o.Address != proof.Address {
					t.Errorf("slot %d: %s was opened, %s was verified", n, o.Address, proof.Address)
				}
				slots, err := s.Slots(k.ctx)
				must(t, err)
				if slots[n].State != wire.SlotUnsealed || slots[n].Address != proof.Address {
					t.Errorf("%+v", slots[n])
				}
			}
			_, err := k.satscard().New(k.ctx, cvc(theCVC), nil)
			want(t, err, card.ErrConditions)
			_, err = k.satscard().Verify(k.ctx, nil)
			want(t, err, card.ErrConditions)
		})
	}
}
