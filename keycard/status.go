package keycard

import (
	"context"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
)

// Status is the state of a card's codes and key.
type Status struct {
	PINTries int  `json:"pin_tries"` // left; 0 means blocked
	PUKTries int  `json:"puk_tries"` // left; 0 means blocked for good
	HasKey   bool `json:"has_key"`
}

// Status asks how many tries are left and whether there is a key (Keycard seed, GET STATUS). One command, no PIN.
func (s *Session) Status(ctx context.Context) (Status, error) {
	data, err := s.do(ctx, wire.StatusCommand())
	if err != nil {
		return Status{}, err
	}
	answer, err := wire.ParseApplicationStatus(data)
	if err != nil {
		return Status{}, bad(wire.InsGetStatus, err)
	}
	s.pinTries, s.pukTries = answer.PINTries, answer.PUKTries
	return Status{PINTries: answer.PINTries, PUKTries: answer.PUKTries, HasKey: answer.HasKey}, nil
}

// KeyPath asks for the path of the current key; the empty path is the master key (Keycard seed, GET STATUS). One
// command, no PIN. A card keeps its current path when it loses power.
func (s *Session) KeyPath(ctx context.Context) (hd.Path, error) {
	data, err := s.do(ctx, wire.PathStatusCommand())
	if err != nil {
		return nil, err
	}
	path, err := wire.ParsePath(data)
	if err != nil {
		return nil, bad(wire.InsGetStatus, err)
	}
	s.path, s.known = path, true
	return path, nil
}
