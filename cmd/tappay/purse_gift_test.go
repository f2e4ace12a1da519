package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/testnode"
)

// bound has the card sign for an owner, and writes that into a file.
func (s *shop) bound(file, owner string) string {
	s.Helper()
	return s.write(file, string(must(json.Marshal(s.owner("bind", "0", "--owner", owner)))(s)))
}

// actArgs are the arguments of an owner's action.
func (s *shop) actArgs(key string, args ...string) []string {
	return append(append([]string{"purse"}, args...), "--card", s.address, "--owner-key", key+".key", "--key-file", "relay.key")
}

func TestAGiftIsTheOneWhoCanUseTheCard(t *testing.T) {
	s := newShop(t)
	friend := s.person("friend", "1")
	thief := s.person("thief", "1")
	giver := s.keys["owner"]["address"].(string)
	proof := s.bound("friend.json", friend)
	claim := []string{"purse", "claim-gift", "--proof", proof, "--key-file"}
	s.says("is no gift", append(claim, "friend.key")...)
	s.says("is over", s.actArgs("owner", "give", "--until", "2020-12-31")...)
	s.says("--until DAY is needed", s.actArgs("owner", "give")...)
	s.says("not the signature of the purse's owner", s.actArgs("friend", "give", "--until", "2090-12-31")...)
	until := time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly)
	s.act("give", "--until", until)
	if said := s.must("tappay", "purse", "status", s.address); !strings.HasPrefix(said["gift_until"].(string), until) {
		t.Fatal(said)
	}
	s.says("until then its giver cannot touch it", s.actArgs("owner", "freeze")...)
	s.charges("4.50") // a gift pays
	s.says("for another owner", append(claim, "thief.key")...)
	s.says("for another owner", append(claim, "friend.key", "--owner", thief)...)
	s.says("its own gift", "purse", "claim-gift", "--proof", s.bound("own.json", giver), "--key-file", "owner.key")
	said := s.must("tappay", append(claim, "relay.key", "--owner", friend)...) // anybody carries it
	if !strings.EqualFold(said["owner"].(string), friend) || said["gift_until"] != nil || said["balance"] != "145.5" {
		t.Fatal(said)
	}
	s.says("is no gift", append(claim, "friend.key")...)
	s.says("not the signature of the purse's owner", s.actArgs("owner", "freeze")...)
	s.must("tappay", s.actArgs("friend", "freeze")...)
	s.refuses(cli.ExitRefused, "froze", "1")
}

func TestAGiftThatNobodyClaimedIsItsGiversAgain(t *testing.T) {
	s := newShop(t)
	proof := s.bound("friend.json", s.person("friend", "1"))
	s.act("give", "--until", time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	s.days(3)
	s.says("could be claimed until", "purse", "claim-gift", "--proof", proof, "--key-file", "friend.key")
	s.act("freeze")
	s.refuses(cli.ExitRefused, "froze", "1")
}

func TestWhatWasAskedForIsTakenBack(t *testing.T) {
	s := newShop(t, params(`{"anchor_life": 64, "owner_delay": 60}`))
	exit := []string{"exit", "--amount", "100", "--to", s.keys["owner"]["address"].(string)}
	request := s.must("tappay", s.actArgs("owner", exit...)...)["request"].(string)
	s.says("nobody asked for that", s.actArgs("owner", "cancel", "--request", "0x"+strings.Repeat("ab", 32))...)
	s.says("32 bytes in hex", s.actArgs("owner", "cancel", "--request", "0xab")...)
	s.act("cancel", "--request", request)
	if said := s.must("tappay", "purse", "status", s.address); said["available"] != "150" {
		t.Fatal(said)
	}
	testnode.Mine(t, s.url, 65)
	s.days(1)
	s.says("nobody asked for that", s.actArgs("owner", append(exit, "--execute")...)...)
	s.says("no such mandate", s.actArgs("owner", "stop-mandate", "--mandate", "0x"+strings.Repeat("ab", 32))...)
}

func TestAnOwnersOwnDelayIsSet(t *testing.T) {
	s := newShop(t, params(`{"anchor_life": 64, "owner_delay": 60}`))
	s.says("at most 720", s.actArgs("owner", "set-delay", "--hours", "721")...)
	for _, set := range [][]string{
		{"set-delay", "--hours", "48"},
		{"set-passkey", "--x", strings.Repeat("01", 32), "--y", strings.Repeat("02", 32)},
	} {
		s.act(set...)
		s.says("not before block", s.actArgs("owner", append(set, "--execute")...)...)
		testnode.Mine(t, s.url, 65)
		s.days(3) // longer than the vault's delay, and than the owner's own
		s.act(append(set, "--execute")...)
	}
	if said := s.must("tappay", "purse", "status", s.address); said["delay_hours"] != 48.0 {
		t.Fatal(said)
	}
	s.says("32 bytes in hex", s.actArgs("owner", "set-passkey", "--x", "01", "--y", "02")...)
}
