package cktap

import (
	"context"
	"encoding/hex"
	"testing"

	"tapcard.example/cktap/wire"
)

// ProductionRoot is the maker's.
func ProductionRoot() string { return productionRoot }

// ActAsMaker makes a root the maker's until the test ends: nobody else can certify as the maker does.
func ActAsMaker(t *testing.T, root wire.PublicKey) {
	before := productionRoot
	productionRoot = hex.EncodeToString(root[:])
	t.Cleanup(func() { productionRoot = before })
}

// ReadSlot reads the current slot and verifies it.
func ReadSlot(ctx context.Context, s *Satscard) error { return s.readSlot(ctx) }
