package paycard

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"tapcard.example/card"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// NewMACKey makes the key that card and approval service share, 32 bytes: give it to both.
func (o Options) NewMACKey() (secret.Bytes, error) { return secret.Random(o.rand(), wire.MACKeySize) }

// Service is the approval service as the card has it, without the MAC key. Without one its URL is empty. Needs the PIN.
func (s *Session) Service(ctx context.Context) (wire.Service, error) {
	return read(ctx, s, wire.StatusCommand(wire.StatusService), func(b []byte) (wire.Service, error) {
		if len(b) == 0 {
			return wire.Service{}, nil
		}
		service, rest, err := wire.ParseServicePublic(b)
		if err == nil && len(rest) != 0 {
			err = fmt.Errorf("%w: %d bytes after the service", wire.ErrFormat, len(rest))
		}
		return service, err
	})
}

// SetService gives the card an approval service, or another one, in one step. Needs the PIN. The URL is https, or http
// on this machine.
func (s *Session) SetService(ctx context.Context, service wire.Service) error {
	u, err := url.Parse(service.URL)
	switch {
	case err != nil:
		return failure(wire.InsSetService, card.ErrWrongData, err)
	case u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local(u.Hostname())):
		return refuse(wire.InsSetService, "the URL of an approval service is https, or http on this machine")
	}
	cmd := wire.SetServiceCommand(service)
	if _, err := wire.ParseService(cmd.Data); err != nil {
		clear(cmd.Data)
		return failure(wire.InsSetService, card.ErrWrongData, err)
	}
	return s.doEmpty(ctx, cmd)
}

func local(host string) bool { return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host) }

// RemoveService leaves the card without an approval service: with wire.WantApproval set it then pays offline only.
func (s *Session) RemoveService(ctx context.Context) error {
	return s.doEmpty(ctx, wire.RemoveServiceCommand())
}

// TimeAuthorities are the keys whose time the card believes, 0 to 2. Needs the PIN.
func (s *Session) TimeAuthorities(ctx context.Context) ([]wire.PublicKey, error) {
	return read(ctx, s, wire.StatusCommand(wire.StatusTime), wire.ParseKeys)
}

// SetTimeAuthorities replaces them. Needs the PIN.
func (s *Session) SetTimeAuthorities(ctx context.Context, keys []wire.PublicKey) error {
	cmd := wire.SetTimeCommand(keys)
	if _, err := wire.ParseKeys(cmd.Data); err != nil {
		return failure(wire.InsSetTime, card.ErrWrongData, err)
	}
	return s.doEmpty(ctx, cmd)
}

// Moved is what a move to another approval service leaves to do.
type Moved struct {
	Before wire.Service // without the MAC key; tell it that the card has left
	// Open are the card's last signatures, newest first. The new service has to count those that are not settled yet as
	// held, or the owner's limits would start anew. Mandates among them (wire.LogMandate) count for nothing there.
	Open []wire.Entry
}

// Move goes over to another approval service: it reads what the new one must know, replaces URL, keys and MAC key in
// one step, and reads them back. From then on the card refuses what the old service signs. Needs the PIN. When the
// answer was lost, the card has one or the other and never a mixture; call it again.
func (s *Session) Move(ctx context.Context, next wire.Service) (Moved, error) {
	before, err := s.Service(ctx)
	if err != nil {
		return Moved{}, err
	}
	log, err := s.Log(ctx)
	if err != nil {
		return Moved{}, err
	}
	if err := s.SetService(ctx, next); err != nil {
		return Moved{}, err
	}
	now, err := s.Service(ctx)
	if err != nil {
		return Moved{}, err
	}
	if now.URL != next.URL || !slices.Equal(now.Keys, next.Keys) {
		return Moved{}, failure(wire.InsSetService, card.ErrBadResponse, fmt.Errorf("the card now names %q", now.URL))
	}
	return Moved{before, log}, nil
}
