package applet

import (
	"tapcard.example/hd"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// activate gives an empty card its wallet and access code (PROTOCOL.md, ACTIVATE). A card that has joined a run waits
// for another card's key and makes none.
func (c *call) activate() ([]byte, error) {
	switch c.state().life() {
	case wire.Empty:
	case wire.Joined:
		return nil, wire.ErrRunOpen
	default:
		return nil, wire.ErrHasKey
	}
	origin, code, seed, err := wire.ParseActivate(c.cmd.Data)
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	if origin == wire.Generated {
		random, err := wire.Draw(c.a.env.Rand, wire.SeedSize)
		if err != nil {
			return nil, wire.ErrRandom
		}
		seed = secret.New(random)
	}
	defer seed.Destroy()
	w, err := newWallet(seed, origin)
	if err != nil {
		return nil, err
	}
	public, err := w.public()
	if err != nil {
		return nil, err
	}
	return public[:], c.commit("activate", func(s *state) { s.Wallet, s.Code = w, reveal(code) })
}

// newWallet is the master key of a seed.
func newWallet(seed secret.Bytes, origin wire.Origin) (*wallet, error) {
	master, err := hd.Master(seed)
	if err != nil {
		return nil, wire.ErrSeed
	}
	defer master.Destroy()
	chain := master.ChainCode()
	return &wallet{Private: reveal(master.Private()), Chain: chain[:], Origin: origin}, nil
}
