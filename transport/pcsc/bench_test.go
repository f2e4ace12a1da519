package pcsc_test

import (
	"slices"
	"testing"
	"time"

	"tapcard.example/transport/vpcd"
)

// BenchmarkAPDU is one command of 64 bytes and its answer through pcscd and vpcd; the median may take 0.25 ms.
func BenchmarkAPDU(b *testing.B) {
	s := service(b)
	insert(b, s, vpcd.FirstSlot, firstReader, newEcho())
	link := connect(b, s, firstReader)
	command := make([]byte, 64)
	command[4] = 59
	b.ReportMetric(milliseconds(median(b, b.N, func() { send(b, link, command...) })), "ms/APDU-median")
}

// median runs f n times and returns the median of the times it took.
func median(_ testing.TB, n int, f func()) time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		start := time.Now()
		f()
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return times[n/2]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
