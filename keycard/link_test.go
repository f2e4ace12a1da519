package keycard_test

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/iso7816"
)

// meddler is a link to a card that a test can interfere with.
type meddler struct {
	card.Link
	// answer, if set, may replace the card's answer to the n-th command (from 1) since the link was made; with an error
	// the answer is lost, and the card has acted all the same.
	answer func(n int, cmd iso7816.Command, raw []byte) ([]byte, error)
	// asked, if set, may replace the command.
	asked func(n int, raw []byte) []byte
	n     int
}

func (m *meddler) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	m.n++
	if m.asked != nil {
		raw = m.asked(m.n, raw)
	}
	answer, err := m.Link.Transmit(ctx, raw)
	if err != nil || m.answer == nil {
		return answer, err
	}
	cmd, err := iso7816.ParseCommand(raw)
	if err != nil {
		return nil, err
	}
	return m.answer(m.n, cmd, answer)
}

// meddle puts a meddler between card and host.
func (k *kit) meddle() *meddler {
	m := &meddler{Link: k.link}
	k.connect(m)
	return m
}

// lose makes the link lose the answer to the n-th command that fits, and only that.
func (m *meddler) lose(n int, fits func(iso7816.Command) bool) {
	seen := 0
	m.answer = func(_ int, cmd iso7816.Command, raw []byte) ([]byte, error) {
		if fits(cmd) {
			if seen++; seen == n {
				return nil, card.ErrRemoved
			}
		}
		return raw, nil
	}
}

func ins(code, p1 byte) func(iso7816.Command) bool {
	return func(c iso7816.Command) bool { return c.INS == code && c.P1 == p1 }
}
