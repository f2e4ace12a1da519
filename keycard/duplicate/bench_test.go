package duplicate_test

import (
	"testing"

	"tapcard.example/keycard/duplicate"
)

// One trusted action: SELECT, OPEN, MUTUAL, STATUS, VERIFY, START; card and host in one process.
func BenchmarkStartDuplication(b *testing.B) {
	p := cards(b, "2.3").holding(generated)
	for b.Loop() {
		must(b, owner{p}.client(b, duplicate.Options{}).StartDuplication(ctx, p.tap(b), duplicate.Source))
	}
}

// One untrusted action: SELECT and ADD ENTROPY.
func BenchmarkAddEntropy(b *testing.B) {
	p := cards(b, "2.3").holding(generated)
	me := owner{p}
	for n := 0; b.Loop(); n++ {
		if n%100 == 0 { // before the card has had all it waits for
			b.StopTimer()
			o := duplicate.Options{Clients: duplicate.MaxClients}
			must(b, me.client(b, o).StartDuplication(ctx, p.tap(b), duplicate.Source))
			b.StartTimer()
		}
		must(b, friend(b).AddEntropy(ctx, p.tap(b)))
	}
}

// A whole copy by two clients to one target: six taps and 28 commands.
func BenchmarkDuplication(b *testing.B) {
	f := cards(b, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	for b.Loop() {
		me := owner(all).client(b, duplicate.Options{})
		start(b, me, all)
		add(b, friend(b), all)
		finish(b, me, all)
		b.StopTimer()
		must(b, all[1].open(b).RemoveKey(ctx))
		b.StartTimer()
	}
}
