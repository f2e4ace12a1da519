package main

import (
	"testing"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/testnode"
)

func TestAMerchantGivesBackPartOfAPaymentAndThenTheRest(t *testing.T) {
	s := newShop(t)
	refund := func(key string, more ...string) []string {
		return append([]string{"merchant", "refund", "--card", s.address, "--counter", "1", "--key-file", key + ".key"}, more...)
	}
	s.days(1)
	s.charges("20")
	s.says("not over yet", refund("merchant")...)
	s.days(1)
	s.says("only who got a payment", refund("owner")...)
	s.says("20 can be given back", refund("merchant", "--amount", "20.5")...)
	s.says("20 can be given back", refund("merchant", "--amount", "0")...)
	if said := s.must("tappay", refund("merchant", "--amount", "5")...); said["left"] != "15" || s.balance() != "135" {
		t.Fatal(said)
	}
	if p := s.payments()[0]; p["refunded"] != "5" || p["state"] != "disputable" {
		t.Fatal(p)
	}
	s.says("15 can be given back", refund("merchant", "--amount", "16")...)
	if said := s.must("tappay", refund("merchant")...); said["left"] != "0" || s.balance() != "150" {
		t.Fatal(said)
	}
	s.says("given the payment", refund("merchant")...)
	s.says("given the payment", s.openArgs("1", "owner", "--anyway")...)
}

func TestAMerchantTakesMoneyInAdvanceAgainstItsStake(t *testing.T) {
	s := newShop(t)
	s.days(1)
	s.charges("20")
	s.says("only 0 of the token are free", "merchant", "advance", "--amount", "1", "--key-file", "merchant.key")
	s.days(1)
	s.says("only 20 of the token are free", "merchant", "advance", "--amount", "21", "--key-file", "merchant.key")
	if said := s.must("tappay", "merchant", "advance", "--amount", "15", "--key-file", "merchant.key"); said["advanced"] != "15" {
		t.Fatal(said)
	}
}

func TestAnAttestersWordIsAboutOneRecord(t *testing.T) {
	s := newShop(t, params(`{"anchor_life": 64}`))
	attest := func(name string) []string {
		return []string{"merchant", "attest", "--merchant", s.merchant, "--name", name, "--attester-key", "time.key",
			"--key-file", "relay.key"}
	}
	const name = "Corner shop, 1 Main Street"
	s.says("another one than", attest("Corner shop, 2 Main Street")...)
	s.act("set-attester", "--to", s.keys["time"]["address"].(string))
	s.act("tighten", "--per-payment", "30", "--daily", "100", "--monthly", "200", "--attested")
	s.days(2)
	testnode.Mine(t, s.url, 65)
	s.act("set-attester", "--to", s.keys["time"]["address"].(string), "--execute")
	s.refuses(cli.ExitRefused, "attested", "1")
	s.must("tappay", attest(name)...)
	s.charges("1")
	s.must("tappay", "merchant", "describe", "--name", "Another shop", "--payout", s.merchant, "--key-file", "merchant.key")
	s.refuses(cli.ExitRefused, "attested", "1")
	s.says("another one than", attest(name)...)
	s.says("--payout ADDRESS is needed", "merchant", "describe", "--name", "x", "--key-file", "merchant.key")
	s.says("there is no such merchant", "merchant", "describe", "--name", "x", "--payout", s.merchant, "--key-file", "owner.key")
}
