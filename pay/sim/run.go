package sim

import (
	"context"
	"sync"
	"sync/atomic"
)

// Run plays all towns of a world on so many cores, and gives the same result for any number of them. It ends early, with
// the context's error, when ctx ends.
func Run(ctx context.Context, w *World, cores int) (Result, error) {
	var next atomic.Int64
	var sum Result
	var mu sync.Mutex
	var all sync.WaitGroup
	for range max(cores, 1) {
		all.Go(func() {
			var mine Result
			for n := next.Add(1) - 1; n < int64(w.Towns) && ctx.Err() == nil; n = next.Add(1) - 1 {
				r := play(w, int(n))
				mine.add(&r)
			}
			mu.Lock()
			defer mu.Unlock()
			sum.add(&mine)
		})
	}
	all.Wait()
	return sum, ctx.Err()
}
