package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tapcard.example/card"
)

// ErrDiverged is returned by a replayed card when the host sends something else than was recorded.
var ErrDiverged = errors.New("the conversation diverged from the trace")

// Replay makes a card of a trace: a Link that expects the recorded commands byte for byte and gives the recorded
// answers. A host that uses randomness must be given the recorded randomness again.
func Replay(t *Trace) *Player { return &Player{trace: t} }

// Player is a replayed card.
type Player struct {
	trace *Trace
	next  int
}

// Transmit gives the next recorded answer.
func (p *Player) Transmit(_ context.Context, command []byte) ([]byte, error) {
	if p.next == len(p.trace.Steps) {
		return nil, fmt.Errorf("%w: it ended after %d exchanges", ErrDiverged, p.next)
	}
	step := p.trace.Steps[p.next]
	if !bytes.Equal(command, step.Command) {
		return nil, fmt.Errorf("%w: exchange %d is another command", ErrDiverged, p.next+1)
	}
	p.next++
	if step.Lost != "" {
		return nil, fmt.Errorf("%w: %s", card.ErrRemoved, step.Lost)
	}
	return bytes.Clone(step.Answer), nil
}

// Left is the number of exchanges not replayed yet; a test wants 0 at its end.
func (p *Player) Left() int { return len(p.trace.Steps) - p.next }

// Reset does nothing: the recorded card was reset when it was recorded.
func (p *Player) Reset(context.Context) error { return nil }

// Info describes the recorded reader and card.
func (p *Player) Info() card.Info { return card.Info{Reader: p.trace.Reader, ATR: p.trace.ATR} }

// Close does nothing.
func (p *Player) Close() error { return nil }
