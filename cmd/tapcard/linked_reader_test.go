package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tapcard.example/internal/matrix"
	"tapcard.example/transport/vpcd"
)

// linkedCards makes three certified cards: a, b and c.
func (b *bench) linkedCards() (codeFile string) {
	b.Helper()
	passphrase := b.file("maker.pass", "a maker's passphrase")
	maker := filepath.Join(b.dir, "maker.key")
	said := b.begin("owner", "maker", "new", maker, "--passphrase-file", passphrase).ends()
	key := regexp.MustCompile(`0[23][0-9a-f]{64}`).FindString(said)
	b.begin("owner", "trust", "add", "linked", key, "--name", "test maker").ends()
	for _, name := range []string{"a", "b", "c"} {
		path := filepath.Join(b.dir, name+".card")
		b.begin("owner", "virtual", "new", "linked", path).ends()
		b.begin("owner", "--card", path, "--yes", "maker", "certify", maker, "--passphrase-file", passphrase).ends()
	}
	return b.file("code", "an access code")
}

// TestThreeLinkedCardsShareAKeyThroughTwoReaders makes a set of three through pcscd. Every tap is a process of its own, so
// that the backup is interrupted and resumed five times.
func TestThreeLinkedCardsShareAKeyThroughTwoReaders(t *testing.T) {
	b := withReader(t)
	matrix.Shows(t, "Linked backup", "set of 3, in six taps", "in two readers")
	code := b.linkedCards()
	const first, second = "00 00", "00 01"
	linked := func(reader string, args ...string) string {
		t.Helper()
		return b.begin("owner", append([]string{"--reader", reader, "--yes", "--json"}, args...)...).ends()
	}
	swap := func(card string) {
		b.take(vpcd.SecondSlot)
		b.insert(vpcd.SecondSlot, card)
	}
	b.insert(vpcd.FirstSlot, "a")
	b.insert(vpcd.SecondSlot, "b")
	linked(first, "linked", "activate", "--code-file", code)
	linked(first, "linked", "backup", "--one-tap", "--size", "3", "--code-file", code)
	linked(second, "linked", "resume", "--one-tap")
	swap("c")
	linked(second, "linked", "resume", "--one-tap")
	linked(first, "linked", "resume", "--one-tap", "--code-file", code)
	linked(second, "linked", "resume", "--one-tap")
	attested := linked(second, "linked", "attest")
	swap("b")
	if said := linked(second, "linked", "resume", "--one-tap"); !strings.Contains(said, `"done":true`) {
		t.Fatal(said)
	}
	wallet := regexp.MustCompile(`"wallet":"[0-9a-f]{66}"`)
	if w := wallet.FindString(attested); w == "" || w != wallet.FindString(linked(second, "linked", "attest")) {
		t.Errorf("the cards attest different wallets: %s", attested)
	}
	message := b.file("message", "hello from a set")
	signs := func(reader string) string {
		t.Helper()
		said := linked(reader, "eth", "sign-message", message, "--code-file", code)
		return regexp.MustCompile(`"from":"0x[0-9a-fA-F]{40}","digest":"0x[0-9a-f]{64}"`).FindString(said)
	}
	one := signs(first)
	if one == "" || one != signs(second) {
		t.Error("the first two cards sign with different keys")
	}
	swap("c")
	if one != signs(second) {
		t.Error("the third card signs with another key")
	}
}

// TestOneProcessWalksThroughABackup leaves the card with the key on its reader and changes the others on the second.
func TestOneProcessWalksThroughABackup(t *testing.T) {
	b := withReader(t)
	code := b.linkedCards()
	b.insert(vpcd.FirstSlot, "a")
	b.begin("owner", "--reader", "00 00", "linked", "activate", "--code-file", code).ends()
	p := b.begin("owner", "linked", "backup", "--size", "3", "--code-file", code)
	next := func(ask, card string) {
		t.Helper()
		p.says(ask)
		b.take(vpcd.SecondSlot)
		b.insert(vpcd.SecondSlot, card)
	}
	next("tap an empty card, it will be backup 1", "b")
	next("tap an empty card, it will be backup 2", "c")
	next("tap backup 1 again", "b")
	said := p.ends()
	if !strings.Contains(said, "next: done") || strings.Contains(said, "another card than expected") {
		t.Error(said)
	}
}
