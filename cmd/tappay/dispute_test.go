package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/ethclient"

	"tapcard.example/internal/privatefile"
	"tapcard.example/internal/testnode"
)

// quick are parameters with which a single owner's case decides.
const quick = `{"minimum_cases": 1, "minimum_cards": 1, "ratio": 1, "decision_days": 2, "appeal_days": 1, "silence_days": 2`

// person makes a key with test dollars and ether, and returns its address.
func (s *shop) person(name, tokens string) string {
	s.Helper()
	s.keys[name] = s.must("tappay", "key", "new", name+".key")
	at := s.keys[name]["address"].(string)
	s.must("tappay", "test-money", "--to", at, "--amount", tokens, "--key-file", "relay.key")
	return at
}

// days lets days pass.
func (s *shop) days(n int) { testnode.Pass(s.T, s.url, n*86_400) }

// says runs a command that must fail with a sentence, and change nothing that the shop's people have.
func (s *shop) says(why string, args ...string) {
	s.Helper()
	before := s.standing()
	_, all, code := s.run("tappay", args...)
	s.Logf("%s\n%s", strings.Join(args, " "), strings.SplitN(all, "\n", 2)[1])
	if code == 0 || !strings.Contains(all, why) {
		s.Errorf("%s: exit code %d, and not %q:\n%s", strings.Join(args, " "), code, why, all)
	}
	if now := s.standing(); now != before {
		s.Errorf("%s changed\n%s to\n%s", strings.Join(args, " "), before, now)
	}
}

// standing is what card and merchant have.
func (s *shop) standing() string {
	_, purse, _ := s.run("tappay", "purse", "status", s.address)
	_, merchant, _ := s.run("tappay", "merchant", "status", s.merchant)
	return purse + merchant
}

// openArgs are the arguments of a dispute about a payment.
func (s *shop) openArgs(counter, key string, more ...string) []string {
	return append([]string{"dispute", "open", "--card", s.address, "--counter", counter, "--key-file", key + ".key"}, more...)
}

// payments lists the card's payments.
func (s *shop) payments() []any {
	s.Helper()
	return s.must("tappay", "dispute", "list", "--card", s.address)["payments"].([]any)
}

func TestAnOwnerDisputesAPaymentAndGetsItBack(t *testing.T) {
	s := newShop(t, quick+"}")
	merchants := []string{s.merchant, s.person("second", "3000"), s.person("third", "3000")}
	for _, name := range []string{"second", "third"} {
		s.must("tappay", "merchant", "register", "--key-file", name+".key", "--stake", "2000", "--name", name)
	}
	s.person("poor", "1")
	s.charges("20")
	s.says("not over yet", s.openArgs("1", "owner")...)
	s.says("30 days old", "dispute", "season", "--card", s.address, "--key-file", "owner.key")
	s.days(1)
	if p := s.payments(); len(p) != 1 || p[0].(map[string]any)["state"] != "disputable" || p[0].(map[string]any)["counter"] != 1.0 {
		t.Fatal(p)
	}
	s.says("not seasoned", s.openArgs("1", "owner")...)
	s.days(30)
	s.says("window of 20 days was over", s.openArgs("1", "owner")...)
	for _, to := range merchants {
		s.charges("20", "--merchant", to)
	}
	s.says("paid 3 merchants", "dispute", "season", "--card", s.address, "--key-file", "owner.key")
	s.days(1)
	if said := s.must("tappay", "dispute", "season", "--card", s.address, "--key-file", "relay.key"); len(said["payments"].([]any)) != 3 {
		t.Fatal(said)
	}
	s.says("count already", "dispute", "season", "--card", s.address, "--key-file", "relay.key")
	s.says("went to merchant", s.openArgs("2", "owner", "--merchant", merchants[1])...)
	s.says("no payment of card", s.openArgs("9", "owner")...)
	s.says("has 1", s.openArgs("2", "poor")...)
	before := s.balance()
	opened := s.must("tappay", s.openArgs("2", "owner", "--merchant", s.merchant)...)
	leaf := opened["leaf"].(string)
	if opened["state"] != "open" || opened["counts"] != true || opened["held"] != "20" || opened["stake"] != "10" || s.balance() != before {
		t.Fatal(opened)
	}
	s.says("disputed already", s.openArgs("2", "poor")...)
	s.says("disputed already", "merchant", "refund", "--card", s.address, "--counter", "2", "--key-file", "merchant.key")
	s.says("not before", "dispute", "decide", leaf, "--key-file", "relay.key")
	s.says("the case is open", "dispute", "settle", leaf, "--key-file", "relay.key")
	s.says("the case is open", "dispute", "appeal", leaf, "--key-file", "merchant.key")
	s.says("owed nothing", "dispute", "collect", "--key-file", "owner.key")
	s.days(2)
	if said := s.must("tappay", "dispute", "decide", leaf, "--key-file", "relay.key"); said["winner"] != "buyer" || said["from"] == "" {
		t.Fatal(said)
	}
	s.says("has no arbitrator", "dispute", "appeal", leaf, "--key-file", "merchant.key")
	s.says("not before", "dispute", "settle", leaf, "--key-file", "relay.key")
	s.days(2)
	s.must("tappay", "dispute", "settle", leaf, "--key-file", "relay.key")
	if said := s.must("tappay", "dispute", "status", leaf); said["state"] != "settled" || said["winner"] != "buyer" || s.balance() != "90" {
		t.Fatalf("%v; the purse has %s", said, s.balance())
	}
	if said := s.must("tappay", "dispute", "collect", "--key-file", "owner.key"); said["amount"] != "10" {
		t.Fatal(said)
	}
	s.says("the case is settled", "dispute", "concede", leaf, "--key-file", "merchant.key")
	of := s.must("tappay", "dispute", "list", "--merchant", s.merchant)["payments"].([]any)
	if len(of) != 1 || of[0].(map[string]any)["state"] != "settled" || of[0].(map[string]any)["winner"] != "buyer" {
		t.Fatal(of)
	}
}

func TestAMerchantGivesInToAChallenger(t *testing.T) {
	s := newShop(t, quick+"}")
	s.person("hunter", "30")
	s.charges("20")
	s.days(1)
	s.payments() // makes the state file
	files := must(filepath.Glob(filepath.Join(s.dir, "tappay-home", "monitor-*.json")))(t)
	lock := must(privatefile.TryLock(files[0] + ".lock"))(t)
	s.says("another tappay is reading", s.openArgs("1", "hunter")...)
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	opened := s.must("tappay", s.openArgs("1", "hunter")...)
	leaf := opened["leaf"].(string)
	if opened["by_owner"] != false || opened["counts"] != false {
		t.Fatal(opened)
	}
	s.says("only merchant", "dispute", "concede", leaf, "--key-file", "owner.key")
	s.says("nobody disputes", "dispute", "concede", "0x"+strings.Repeat("ab", 32), "--key-file", "merchant.key")
	s.says("is no leaf", "dispute", "status", "0xab")
	if said := s.must("tappay", "dispute", "concede", leaf, "--key-file", "merchant.key"); said["winner"] != "buyer" || s.balance() != "150" {
		t.Fatal(said)
	}
	if said := s.must("tappay", "dispute", "collect", "--key-file", "hunter.key"); said["amount"] != "12" {
		t.Fatalf("%v: the stake is 10 and a tenth of 20 is 2", said)
	}
}

func TestTheLoserAppealsAndASilentArbitratorLeavesTheDecision(t *testing.T) {
	const arbitrator = "0x00000000000000000000000000000000000a4b17"
	s := newShop(t, quick+`, "arbitrator": "`+arbitrator+`"}`)
	node := must(ethclient.Dial(s.url))(t)
	defer node.Close()
	// answers 1 whatever it is asked: the cost, and the dispute's number
	if err := node.Client().Call(nil, "anvil_setCode", arbitrator, "0x60015f5260205ff3"); err != nil {
		t.Fatal(err)
	}
	s.charges("20")
	s.days(1)
	leaf := s.must("tappay", s.openArgs("1", "owner", "--anyway")...)["leaf"].(string)
	s.days(2)
	if said := s.must("tappay", "dispute", "decide", leaf, "--key-file", "relay.key"); said["winner"] != "merchant" {
		t.Fatalf("one card that does not count decides: %v", said)
	}
	s.says("the merchant won", "dispute", "appeal", leaf, "--key-file", "merchant.key")
	if said := s.must("tappay", "dispute", "appeal", leaf, "--key-file", "owner.key"); said["state"] != "appealed" {
		t.Fatal(said)
	}
	s.says("not before", "dispute", "settle", leaf, "--key-file", "relay.key")
	s.days(2)
	if said := s.must("tappay", "dispute", "settle", leaf, "--key-file", "relay.key"); said["winner"] != "merchant" || s.balance() != "130" {
		t.Fatal(said)
	}
}
