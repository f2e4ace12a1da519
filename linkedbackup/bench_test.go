package linkedbackup_test

import (
	"testing"
)

// BenchmarkBackup3 is a whole backup of three cards in process, both sides: 6 taps, 19 commands; below 10 ms.
func BenchmarkBackup3(b *testing.B) {
	k := newKit(b)
	for b.Loop() {
		b.StopTimer()
		cards := []soft{k.active(), k.empty(), k.empty()}
		b.StartTimer()
		k.backup(cards...)
	}
}

// BenchmarkSign14 is one command with 14 hashes in an open channel, both sides, all signatures verified.
func BenchmarkSign14(b *testing.B) {
	k := newKit(b)
	s := k.active().login()
	digests := make([][32]byte, 14)
	for b.Loop() {
		if _, err := s.Sign(k.ctx, []uint32{44, 60, 0, 0, 0}, digests); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenVerify is SELECT, OPEN CHANNEL and VERIFY CODE: what each tap costs before anything else.
func BenchmarkOpenVerify(b *testing.B) {
	k := newKit(b)
	c := k.active()
	for b.Loop() {
		c.login()
	}
}
