package softcard

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"tapcard.example/iso7816"
)

// Env is what the world gives a card: memory, randomness and, for cards that measure time, a clock.
type Env struct {
	Store *Store
	Rand  io.Reader
	Now   func() time.Time
}

// NewEnv is the environment of a card that is really used: the system's randomness and clock.
func NewEnv(s *Store) Env { return Env{Store: s, Rand: rand.Reader, Now: time.Now} }

// Latency wraps an applet so that each command takes as long as the real card's: took says how long that is, sleep
// waits (time.Sleep, or a test's clock).
func Latency(a Applet, took func(iso7816.Command) time.Duration, sleep func(time.Duration)) Applet {
	return AppletFunc(func(ctx context.Context, s *Session, c iso7816.Command) iso7816.Response {
		sleep(took(c))
		return a.ServeAPDU(ctx, s, c)
	})
}
