package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
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

// days goes to an hour after midnight, some days on, so that what follows is on one day.
func (s *shop) days(n int) {
	s.Helper()
	node := must(ethclient.Dial(s.url))(s)
	defer node.Close()
	now := int(must(node.HeaderByNumber(s.Context(), nil))(s).Time)
	testnode.Pass(s.T, s.url, n*86_400-now%86_400+3_600)
}

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

// standing is what card and merchant have, and how many transactions everybody has sent.
func (s *shop) standing() string {
	s.Helper()
	_, purse, _ := s.run("tappay", "purse", "status", s.address)
	_, merchant, _ := s.run("tappay", "merchant", "status", s.merchant)
	node := must(ethclient.Dial(s.url))(s)
	defer node.Close()
	sent := fmt.Sprint(must(node.NonceAt(s.Context(), rich, nil))(s))
	for _, name := range slices.Sorted(maps.Keys(s.keys)) {
		at := common.HexToAddress(s.keys[name]["address"].(string))
		sent += fmt.Sprint(" ", name, must(node.NonceAt(s.Context(), at, nil))(s))
	}
	return purse + merchant + sent
}

// rich is the account of testnode.Rich, which is the relay's.
var rich = common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")

// openArgs are the arguments of a dispute about a payment.
func (s *shop) openArgs(counter, key string, more ...string) []string {
	return append([]string{"dispute", "open", "--card", s.address, "--counter", counter, "--key-file", key + ".key"}, more...)
}

// payments lists the card's payments.
func (s *shop) payments() []map[string]any {
	s.Helper()
	return s.listed("--card", s.address)
}

// listed are the payments of a card or a merchant.
func (s *shop) listed(flag, who string) (out []map[string]any) {
	s.Helper()
	for _, p := range s.must("tappay", "dispute", "list", flag, who)["payments"].([]any) {
		out = append(out, p.(map[string]any))
	}
	return out
}

// stepArgs are the arguments of a step of a case.
func stepArgs(verb, leaf, key string) []string {
	return []string{"dispute", verb, leaf, "--key-file", key + ".key"}
}

// step takes a case one step on.
func (s *shop) step(verb, leaf, key string) map[string]any {
	s.Helper()
	return s.must("tappay", stepArgs(verb, leaf, key)...)
}

// seasonArgs are the arguments of "dispute season".
func (s *shop) seasonArgs() []string {
	return []string{"dispute", "season", "--card", s.address, "--key-file", "relay.key"}
}

// newTown is a shop with two merchants more, on the day after the card paid each of the three 20 and then 1. Before that day
// the card paid 20 once, which is too long ago by now. It returns the others' addresses.
func newTown(t *testing.T) (s *shop, second, third string) {
	t.Helper()
	s = newShop(t, params(quick+"}"))
	second, third = s.person("second", "3000"), s.person("third", "3000")
	for _, name := range []string{"second", "third"} {
		s.must("tappay", "merchant", "register", "--key-file", name+".key", "--stake", "2000", "--name", name)
	}
	s.days(1)
	s.charges("20")
	s.says("not over yet", s.openArgs("1", "owner")...)
	s.says("30 days old", s.seasonArgs()...)
	if p := s.payments(); p[0]["state"] != "today" {
		t.Fatal(p)
	}
	s.days(1)
	if p := s.payments(); len(p) != 1 || p[0]["state"] != "disputable" || p[0]["counter"] != 1.0 || p[0]["amount"] != "20" {
		t.Fatal(p)
	}
	s.says("not seasoned", s.openArgs("1", "owner")...)
	s.days(30)
	s.says("window of 20 days was over", s.openArgs("1", "owner")...)
	for _, amount := range []string{"20", "1"} {
		for _, to := range []string{s.merchant, second, third} {
			s.charges(amount, "--merchant", to)
		}
	}
	s.says("paid 3 merchants", s.seasonArgs()...)
	s.days(1)
	return s, second, third
}

func TestAnOwnerDisputesAPaymentAndGetsItBack(t *testing.T) {
	s, second, _ := newTown(t)
	if said := s.must("tappay", s.seasonArgs()...); len(said["payments"].([]any)) != 3 {
		t.Fatal(said)
	}
	s.says("count already", s.seasonArgs()...)
	s.person("poor", "1")
	s.says("went to merchant", s.openArgs("2", "owner", "--merchant", second)...)
	s.says("no payment of card", s.openArgs("9", "owner")...)
	s.says("has 1", s.openArgs("2", "poor")...)
	before := s.balance()
	opened := s.must("tappay", s.openArgs("2", "owner", "--merchant", s.merchant)...)
	leaf := opened["leaf"].(string)
	if opened["state"] != "open" || opened["counts"] != true || opened["held"] != "20" || opened["stake"] != "10" ||
		opened["decided_today"] != "buyer" || s.balance() != before {
		t.Fatal(opened)
	}
	s.says("disputed already", s.openArgs("2", "poor")...)
	s.says("disputed already", "merchant", "refund", "--card", s.address, "--counter", "2", "--key-file", "merchant.key")
	s.says("not before", stepArgs("decide", leaf, "relay")...)
	s.says("the case is open", stepArgs("settle", leaf, "relay")...)
	s.says("the case is open", stepArgs("appeal", leaf, "merchant")...)
	s.says("owed nothing", "dispute", "collect", "--key-file", "owner.key")
	s.days(3)
	if said := s.step("decide", leaf, "relay"); said["winner"] != "buyer" || said["from"] == "" {
		t.Fatal(said)
	}
	s.says("the case is decided", stepArgs("decide", leaf, "relay")...)
	s.says("has no arbitrator", stepArgs("appeal", leaf, "merchant")...)
	s.says("not before", stepArgs("settle", leaf, "relay")...)
	s.days(2)
	if said := s.step("settle", leaf, "relay"); said["state"] != "settled" || said["winner"] != "buyer" || s.balance() != "87" {
		t.Fatalf("%v; the purse has %s", said, s.balance())
	}
	if said := s.must("tappay", "dispute", "collect", "--key-file", "owner.key"); said["amount"] != "10" {
		t.Fatal(said)
	}
	s.says("the case is settled", stepArgs("concede", leaf, "merchant")...)
	of := s.listed("--merchant", s.merchant)
	if len(of) != 2 || of[1]["state"] != "disputable" || of[0]["state"] != "settled" || of[0]["winner"] != "buyer" {
		t.Fatal(of)
	}
}

func TestAMerchantGivesInToAChallenger(t *testing.T) {
	s := newShop(t, params(quick+"}"))
	s.person("hunter", "30")
	s.days(1)
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
	s.says("only merchant", stepArgs("concede", leaf, "owner")...)
	s.says("nobody disputes", stepArgs("concede", "0x"+strings.Repeat("ab", 32), "merchant")...)
	s.says("is no leaf", "dispute", "status", "0xab")
	if said := s.step("concede", leaf, "merchant"); said["winner"] != "buyer" || s.balance() != "150" {
		t.Fatal(said)
	}
	if said := s.must("tappay", "dispute", "collect", "--key-file", "hunter.key"); said["amount"] != "12" {
		t.Fatalf("%v: the stake is 10 and a tenth of 20 is 2", said)
	}
}

func TestTheLoserAppealsAndASilentArbitratorLeavesTheDecision(t *testing.T) {
	const arbitrator = "0x00000000000000000000000000000000000a4b17"
	s := newShop(t, params(quick+`, "arbitrator": "`+arbitrator+`"}`))
	node := must(ethclient.Dial(s.url))(t)
	defer node.Close()
	// answers 1 whatever it is asked: the cost, and the dispute's number
	if err := node.Client().Call(nil, "anvil_setCode", arbitrator, "0x60015f5260205ff3"); err != nil {
		t.Fatal(err)
	}
	s.days(1)
	s.charges("20")
	s.days(1)
	opened := s.must("tappay", s.openArgs("1", "owner", "--anyway")...)
	leaf := opened["leaf"].(string)
	if opened["decided_today"] != "merchant" {
		t.Fatal(opened)
	}
	s.days(3)
	if said := s.step("decide", leaf, "relay"); said["winner"] != "merchant" {
		t.Fatalf("one card that does not count decides: %v", said)
	}
	s.says("the merchant won", stepArgs("appeal", leaf, "merchant")...)
	if said := s.step("appeal", leaf, "owner"); said["state"] != "appealed" {
		t.Fatal(said)
	}
	s.says("not before", stepArgs("settle", leaf, "relay")...)
	s.days(3)
	said := s.step("settle", leaf, "relay")
	if said["winner"] != "merchant" || s.balance() != "130" {
		t.Fatal(said)
	}
}
