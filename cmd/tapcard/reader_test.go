package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tapcard.example/transport/pcsc"
	"tapcard.example/transport/vpcd"
)

// withReader is a bench with the two-slot reader of scripts/in-reader on it.
func withReader(t testing.TB) *bench {
	t.Helper()
	if os.Getenv("TAPCARD_PCSCD") == "" {
		t.Skip("needs a private reader: run it through scripts/in-reader")
	}
	b := newBench(t)
	t.Cleanup(func() { b.take(vpcd.FirstSlot); b.take(vpcd.SecondSlot) })
	return b
}

// insert puts a card into a slot.
func (b *bench) insert(slot, name string) {
	b.Helper()
	c, err := openVirtual(filepath.Join(b.dir, name+".card"))
	if err != nil {
		b.Fatal(err)
	}
	ctx, out := context.WithCancel(context.Background())
	in, served := make(chan bool, 8), make(chan error, 1)
	s := vpcd.Slot{Addr: slot, Changed: func(inserted bool, _ error) { in <- inserted }}
	go func() { served <- s.Serve(ctx, c) }()
	b.outs[slot] = func() {
		out()
		if err := <-served; err != nil {
			b.Error(err)
		}
		if err := c.file.Close(); err != nil {
			b.Error(err)
		}
	}
	select {
	case <-in:
	case <-time.After(10 * time.Second):
		b.Fatalf("pcscd does not notice %s", name)
	}
}

// pollPeriod is longer than pcscd waits between two looks at a slot (0.4 s). A card that is gone in the middle of a
// command is absent at once, but another one that comes before the next look is taken for the same and never announced.
const pollPeriod = time.Second

// take takes the card out of a slot, not quicker than a hand can change it for another.
func (b *bench) take(slot string) {
	b.Helper()
	out := b.outs[slot]
	if out == nil {
		return
	}
	out()
	delete(b.outs, slot)
	time.Sleep(pollPeriod)
	reader := "Virtual PCD 00 00"
	if slot == vpcd.SecondSlot {
		reader = "Virtual PCD 00 01"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	pc, err := pcsc.Open()
	if err != nil {
		b.Fatal(err)
	}
	for readers, err := pc.Readers(ctx); ; readers, err = pc.WaitChange(ctx, readers) {
		if err != nil {
			b.Fatal(err)
		}
		if !slices.ContainsFunc(readers, func(r pcsc.Reader) bool { return r.Name == reader && r.Present }) {
			return
		}
	}
}

func TestCardsInTwoReadersAreDuplicated(t *testing.T) {
	b := withReader(t)
	pins := b.wallets()
	b.insert(vpcd.FirstSlot, "target") // the other way round: the program must find the source
	b.insert(vpcd.SecondSlot, "source")
	b.begin("owner", append(pins, "keycard", "duplicate", "start")...).ends()
	b.begin("friend", "keycard", "duplicate", "add-entropy").ends()
	said := b.begin("owner", append(pins, "keycard", "duplicate", "finish")...).ends()
	if !strings.Contains(said, "1 copy and the source hold the key") {
		t.Error(said)
	}
	b.take(vpcd.FirstSlot)
	b.take(vpcd.SecondSlot)
	b.addresses()
}

func TestCardsAreChangedInOneReader(t *testing.T) {
	b := withReader(t)
	pins := b.wallets()
	slot := vpcd.FirstSlot
	next := func(p *program, ask, card, answer string) {
		t.Helper()
		p.says(ask)
		b.take(slot)
		b.insert(slot, card)
		p.says(answer)
	}
	start := b.begin("owner", append(pins, "keycard", "duplicate", "start")...)
	next(start, `put the card to copy \(the source\)`, "target", "holds no key")
	next(start, "", "source", "source started")
	next(start, `put a card to copy to \(target 1 of 1\)`, "source", "had its turn|this card is the source")
	next(start, "", "target", "target started")
	b.take(slot)
	idents := regexp.MustCompile(`--cards ([0-9a-f,]+)`).FindStringSubmatch(start.ends())
	if idents == nil {
		t.Fatal(start.all())
	}
	help := b.begin("friend", "keycard", "duplicate", "add-entropy", "--cards", idents[1])
	next(help, "", "source", "(?s)entropy added.*put one of these cards")
	next(help, "put one of these cards on the reader: [0-9a-f]{8}\n", "target", "(?s)entropy added.*entropy added")
	help.ends()
	b.take(slot)
	finish := b.begin("owner", append(pins, "keycard", "duplicate", "finish")...)
	next(finish, "", "source", "source exported")
	next(finish, `put a target on the reader: "target"`, "target", "target copied")
	finish.ends()
	b.take(slot)
	b.addresses()
}
