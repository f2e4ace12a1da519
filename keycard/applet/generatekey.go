package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// generateKey makes a master key of 64 random bytes, as if they had been loaded as a seed, and answers its key UID
// (Keycard seed, GENERATE KEY). Nobody ever sees the seed.
func (c *call) generateKey() ([]byte, iso7816.Status) {
	seed, err := secret.Random(c.a.env.Rand, wire.SeedSize)
	if err != nil {
		return nil, iso7816.Internal
	}
	k, err := seedKey(seed)
	if err != nil {
		return nil, iso7816.Internal
	}
	return c.adopt("generate a key", k)
}
