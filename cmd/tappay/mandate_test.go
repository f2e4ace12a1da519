package main

import (
	"encoding/json"
	"strings"
	"testing"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/testnode"
)

// saved runs a program that has to succeed and keeps what it printed in a file.
func (s *shop) saved(file, program string, args ...string) map[string]any {
	s.Helper()
	said := s.must(program, args...)
	text, err := json.Marshal(said)
	if err != nil {
		s.Fatal(err)
	}
	s.write(file, string(text))
	return said
}

// grants has the card sign a mandate into a file.
func (s *shop) grants(file, payee, most string, more ...string) map[string]any {
	s.Helper()
	s.saved("anchor.json", "tappay", "mandate", "anchor")
	args := append([]string{"--card", "p.card", "--yes", "pay-card", "--pin-file", "pin", "mandate", "0", "--payee", payee, "--cap", most,
		"--expiry", "2099-12-31", "--anchor-file", "anchor.json"}, more...)
	return s.saved(file, "tapcard", args...)
}

// mandateArgs are the arguments of a command about a mandate.
func mandateArgs(command, file string, more ...string) []string {
	return append([]string{"mandate", command, "--mandate", file}, more...)
}

// turnsDown runs "tappay" in vain, and nothing leaves the purse.
func (s *shop) turnsDown(code int, why string, args ...string) {
	s.Helper()
	before := s.balance()
	if _, all, exit := s.run("tappay", args...); exit != code || !strings.Contains(all, why) {
		s.Errorf("%v: exit code %d, and not %d with %q:\n%s", args, exit, code, why, all)
	}
	if now := s.balance(); now != before {
		s.Errorf("the purse had %v and has %v", before, now)
	}
}

// pulls pulls, and wants so much to be left in the period and in the purse.
func (s *shop) pulls(amount, left, balance string) {
	s.Helper()
	said := s.must("tappay", mandateArgs("pull", "rent.json", "--amount", amount, "--key-file", "merchant.key")...)
	if got := s.balance(); said["left"] != left || said["state"] != "running" || got != balance {
		s.Fatalf("%v, the purse has %s", said, got)
	}
}

func TestAPayeePullsUnderAMandateUntilItsOwnerStopsIt(t *testing.T) {
	s := newShop(t)
	s.grants("rent.json", s.merchant, "30", "--period", "720h", "--reference", "flat 7")
	pull := func(amount, key string) []string {
		return mandateArgs("pull", "rent.json", "--amount", amount, "--key-file", key+".key")
	}
	if said := s.must("tappay", mandateArgs("status", "rent.json")...); said["state"] != "not started" || said["left"] != "0" {
		t.Fatal(said)
	}
	refused := cli.ExitRefused
	s.turnsDown(refused, "nobody has shown it to the vault", pull("1", "merchant")...)
	s.turnsDown(cli.ExitFailed, "there is nothing to stop", "purse", "stop-mandate", "--mandate", "rent.json", "--owner-key", "owner.key", "--key-file", "relay.key")
	start := mandateArgs("start", "rent.json", "--key-file", "relay.key")
	if said := s.must("tappay", start...); said["state"] != "running" || said["left"] != "30" || said["reference"] != "flat 7" {
		t.Fatal(said)
	}
	if _, all, code := s.run("tappay", start...); code != 0 || !strings.Contains(all, "started before") {
		t.Errorf("exit code %d\n%s", code, all)
	}
	s.pulls("20", "10", "130")
	s.turnsDown(refused, "only 10 of the token are left of the mandate in this period; the next one begins at", pull("10.000001", "merchant")...)
	s.turnsDown(refused, "only the payee of the mandate can pull", pull("1", "owner")...)
	s.turnsDown(refused, "nothing to pay", pull("0", "merchant")...)
	s.charges("5") // the card still pays, with the next counter
	s.pulls("10", "0", "115")
	testnode.Pass(t, s.url, 720*3600)
	s.pulls("30", "0", "85")
	testnode.Pass(t, s.url, 720*3600)
	stop := []string{"purse", "stop-mandate", "--mandate", "rent.json", "--key-file", "relay.key", "--owner-key"}
	s.turnsDown(cli.ExitSecurity, "not the signature of the purse's owner", append(stop, "merchant.key")...)
	s.must("tappay", append(stop, "owner.key")...)
	if said := s.must("tappay", mandateArgs("status", "rent.json")...); said["state"] != "stopped" || said["left"] != "0" {
		t.Error(said)
	}
	s.turnsDown(refused, "the owner stopped the mandate", pull("1", "merchant")...)
}

func TestAMandateIsStoppedByItsNumberAlone(t *testing.T) {
	s := newShop(t)
	s.grants("rent.json", s.merchant, "30")
	id := s.must("tappay", mandateArgs("start", "rent.json", "--key-file", "relay.key")...)["id"].(string)
	s.act("stop-mandate", "--mandate", id)
	if said := s.must("tappay", mandateArgs("status", "rent.json")...); said["state"] != "stopped" {
		t.Error(said)
	}
}

func TestAMandateThatWasChangedMovesNothing(t *testing.T) {
	s := newShop(t)
	text := s.grants("rent.json", s.merchant, "30", "--reference", "flat 7")
	for field, value := range map[string]any{"cap": "3000", "payee": s.keys["owner"]["address"], "counter": 3, "expiry": 4_200_000_000,
		"card_address": s.keys["owner"]["address"], "period_seconds": 60, "reference": strings.Repeat("00", 24)} {
		forged := map[string]any{}
		for k, v := range text {
			forged[k] = v
		}
		forged[field] = value
		raw, err := json.Marshal(forged)
		if err != nil {
			t.Fatal(err)
		}
		s.write("forged.json", string(raw))
		s.turnsDown(cli.ExitSecurity, "not what the card signed", mandateArgs("start", "forged.json", "--key-file", "relay.key")...)
	}
	s.turnsDown(cli.ExitSecurity, "not what the card signed", mandateArgs("pull", "forged.json", "--amount", "1", "--key-file", "merchant.key")...)
	s.write("none.json", `{"cap":"1"}`)
	s.turnsDown(cli.ExitUsage, "card_address", mandateArgs("status", "none.json")...)
	s.turnsDown(cli.ExitUsage, "--mandate FILE is needed", "mandate", "status")
	s.grants("stranger.json", s.keys["owner"]["address"].(string), "30")
	s.must("tappay", mandateArgs("start", "stranger.json", "--key-file", "relay.key")...) // it may become one
	s.turnsDown(cli.ExitRefused, "no registered merchant", mandateArgs("pull", "stranger.json", "--amount", "1", "--key-file", "owner.key")...)
}
