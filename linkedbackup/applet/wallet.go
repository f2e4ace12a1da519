package applet

import (
	"bytes"
	"errors"

	"tapcard.example/hd"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// master is the wallet as BIP-32 knows it.
func (w *wallet) master() (*hd.Key, error) {
	key, err := hd.NewKey(secret.Copy(w.Private), [32]byte(w.Chain))
	if err != nil {
		return nil, wire.ErrInternal
	}
	return key, nil
}

// public is the public master key, the wallet's name.
func (w *wallet) public() (wire.Key, error) {
	pair, err := wire.KeyPairOf(bytes.Clone(w.Private))
	if err != nil {
		return wire.Key{}, wire.ErrInternal
	}
	defer pair.Destroy()
	return pair.Public, nil
}

// keyAt derives the key at a path: the pair and its chain code. ErrPath when BIP-32 has none there.
func (c *call) keyAt(path []uint32) (*wire.KeyPair, [32]byte, error) {
	master, err := c.state().Wallet.master()
	if err != nil {
		return nil, [32]byte{}, err
	}
	defer master.Destroy()
	key, err := master.DeriveWith(c.a.hmac, path)
	if errors.Is(err, hd.ErrInvalidChild) {
		return nil, [32]byte{}, wire.ErrPath
	}
	if err != nil {
		return nil, [32]byte{}, wire.ErrInternal
	}
	defer key.Destroy()
	pair, err := wire.KeyPairOf(reveal(key.Private()))
	return pair, key.ChainCode(), err
}
