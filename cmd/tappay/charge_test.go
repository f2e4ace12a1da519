package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/internal/cli"
)

func TestACardPaysUnderItsGuards(t *testing.T) { newShop(t).paysUnderItsGuards(t) }

// paysUnderItsGuards charges the card in every way that its guards allow and refuse.
func (s *shop) paysUnderItsGuards(t *testing.T) {
	s.charges("4.50")
	if got := s.balance(); got != "145.5" {
		t.Fatalf("the purse has %s", got)
	}
	refused := cli.ExitRefused
	t.Run("who approves", func(t *testing.T) {
		s.T = t
		s.refuses(refused, "approver's signature does not verify", "1", "--approver-key", "owner.key")
		s.refuses(refused, "needs an approval", "1", "--approver-key", "", "--time-key", "", "--mac-file", "")
		s.refuses(refused, "needs a time authority's signature", "1", "--time-key", "")
		s.refuses(refused, "time authority's signature does not verify", "1", "--time-key", "owner.key")
		s.write("other-mac", strings.Repeat("ab", 32))
		s.refuses(cli.ExitFailed, "the approver declines", "1", "--mac-file", "other-mac")
	})
	t.Run("how much", func(t *testing.T) {
		s.T = t
		s.refuses(refused, "more than one payment may be", "40.01")
		s.owner("guards", "set", "--currency", "5")
		s.refuses(refused, "no amount in the owner's currency", "1")
		s.refuses(refused, "in the owner's currency", "1", "--rate", "5.01")
		s.charges("1", "--rate", "2")
		s.owner("guards", "set", "--currency", "none")
		network := s.must("tappay", "use")
		profile := []string{"profile", "set", "0", "--chain", "31337", "--vault", network["vault"].(string), "--token", network["token"].(string), "--single", "40"}
		s.owner(append(profile, "--velocity", "6")...)
		s.refuses(refused, "more than may be spent at present", "1")
		s.owner(append(profile, "--velocity", "1000", "--offline-count", "1", "--offline-sum", "2", "--offline-single", "2")...)
		s.charges("1.5", "--approver-key", "", "--time-key", "", "--mac-file", "")
		s.refuses(refused, "offline allowance", "0.5", "--approver-key", "", "--time-key", "", "--mac-file", "")
		s.charges("0.5", "--refill-offline")
		s.charges("0.25", "--approver-key", "", "--time-key", "", "--mac-file", "")
	})
	t.Run("how often", func(t *testing.T) {
		s.T = t
		s.owner("guards", "set", "--gap", "1m")
		s.refuses(cli.ExitCard, "wait", "1")
		s.owner("guards", "set", "--gap", "0s", "--hourly", "1")
		s.refuses(refused, "within an hour", "1")
		s.owner("guards", "set", "--hourly", "none")
		s.owner("refill", "1")
		s.charges("1")
		s.refuses(refused, "refill", "1")
		s.owner("refill", "none")
	})
	t.Run("whether at all", func(t *testing.T) {
		s.T = t
		s.owner("switch", "off")
		s.refuses(refused, "switched off", "1")
		s.owner("switch", "on")
		s.charges("1")
	})
	s.T = t
}

func TestTheVaultBoundsWhatACardPays(t *testing.T) {
	s := newShop(t)
	s.refuses(cli.ExitRefused, "limit for one payment", "30.01")
	s.charges("30")
	s.charges("30")
	s.charges("30")
	s.refuses(cli.ExitRefused, "left of the purse's day", "10.01")
	s.refuses(cli.ExitUsage, "nothing to pay", "0")
	s.refuses(cli.ExitRefused, "no registered merchant", "1", "--merchant", s.keys["owner"]["address"].(string))
	s.act("exit", "--amount", "55", "--to", s.keys["owner"]["address"].(string))
	s.refuses(cli.ExitRefused, "does not hold that much", "5.01")
	s.act("tighten", "--per-payment", "1", "--daily", "100", "--monthly", "200")
	s.refuses(cli.ExitRefused, "limit for one payment", "2")
	s.act("freeze")
	s.refuses(cli.ExitRefused, "froze", "1")
	s.act("revoke")
	s.refuses(cli.ExitRefused, "revoked", "1")
}

func TestABrokenOffChargeIsNotSignedTwice(t *testing.T) {
	s := newShop(t)
	s.must("tappay", s.chargeArgs("2", "--sign-only")...)
	home := filepath.Join(s.dir, "tappay-home", "payments")
	files, err := filepath.Glob(filepath.Join(home, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	// the card has signed, and the terminal lost power before it wrote the signature down
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.Replace(string(text), `"signed"`, `"asked"`, 1), "\n")
	for i, l := range lines {
		if strings.Contains(l, `"signature"`) && strings.HasPrefix(l, "  \"") {
			lines = append(lines[:i], lines[i+1:]...)
			break
		}
	}
	if err := os.WriteFile(files[0], []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.owner("refill", "0") // a second signature is impossible; the first one again is not
	said := s.charges("2")
	if said["counter"] != 1.0 || s.balance() != "148" {
		t.Fatalf("%v, the purse has %s", said, s.balance())
	}
	s.owner("refill", "none")
	s.must("tappay", s.chargeArgs("3", "--sign-only")...)
	if said := s.must("tappay", "settle", "--key-file", "relay.key"); said["state"] != "settled" {
		t.Fatal(said)
	}
	s.must("tappay", "settle", "--key-file", "relay.key")
	if got := s.balance(); got != "145" {
		t.Fatalf("the purse has %s", got)
	}
}
