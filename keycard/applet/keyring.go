package applet

import (
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// keyring keeps the master key and the key used last ready, so that signing again costs no derivation.
type keyring struct {
	master *hd.Key
	last   *leaf
}

// leaf is a key in all the forms that commands need.
type leaf struct {
	path   hd.Path
	key    *hd.Key
	scalar secp256k1.ModNScalar
	public [wire.PublicKeySize]byte
}

// forget zeroes the keys. They must be forgotten whenever the master key changes.
func (k *keyring) forget() {
	if k.master != nil {
		k.master.Destroy()
	}
	if k.last != nil {
		k.last.key.Destroy()
		k.last.scalar.Zero()
	}
	*k = keyring{}
}

// keyAt is the key at a path from the master key: 6985 without a key or, unless the path is empty, without a chain
// code; 6984 when the path leads to no valid key (Keycard seed, DERIVE KEY).
func (c *call) keyAt(path hd.Path) (*leaf, iso7816.Status) {
	k := c.state().Key
	if k == nil || len(path) > 0 && !k.extended() {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if last := c.v.keys.last; last != nil && slices.Equal(last.path, path) {
		return last, iso7816.OK
	}
	if c.v.keys.master == nil {
		master, err := c.master(k)
		if err != nil {
			return nil, iso7816.Internal
		}
		c.v.keys.master = master
	}
	key, err := c.v.keys.master.DeriveWith(c.a.hmac, path)
	if errors.Is(err, hd.ErrInvalidChild) {
		return nil, iso7816.ReferenceDataUnusable
	}
	if err != nil {
		return nil, iso7816.Internal
	}
	c.v.keys.last = c.leaf(k, path, key)
	return c.v.keys.last, iso7816.OK
}

// master is the master key of the PIN in use. The duress PIN opens other children: its chain code is the SHA-256 of
// the real one, and the key itself is the same, so that the key UID shows nothing (Keycard 3.1, INIT).
func (c *call) master(k *masterKey) (*hd.Key, error) {
	var chain [wire.ChainCodeSize]byte
	copy(chain[:], k.Chain)
	if c.v.duress {
		chain = sha256.Sum256(k.Chain)
	}
	return hd.NewKey(secret.Copy(k.Private), chain)
}

// leaf prepares a derived key.
func (c *call) leaf(k *masterKey, path hd.Path, key *hd.Key) *leaf {
	l := &leaf{path: slices.Clone(path), key: key, public: key.PublicKey()}
	if len(path) == 0 && c.a.quirks.PublicKeyInSign {
		l.public = [wire.PublicKeySize]byte(k.Public)
	}
	key.Private().Reveal(func(b []byte) { l.scalar.SetByteSlice(b) })
	return l
}

// resolve adds a path to where it starts: 6B00 when that is the parent of the master key, 6A80 when it gets deeper
// than 10 components or, in 2.x, when nothing is added to the parent or the current key.
func (c *call) resolve(source wire.Source, relative hd.Path) (hd.Path, iso7816.Status) {
	var start hd.Path
	switch current := c.state().Path; source {
	case wire.FromParent:
		if len(current) == 0 {
			return nil, iso7816.WrongParameters
		}
		start = current[:len(current)-1]
	case wire.FromCurrent:
		start = current
	}
	if source != wire.FromMaster && len(relative) == 0 && !c.a.profile.EmptyDerivation {
		return nil, iso7816.WrongData
	}
	path := slices.Concat(start, relative)
	if len(path) > wire.MaxPathDepth {
		return nil, iso7816.WrongData
	}
	return path, iso7816.OK
}

// makeCurrent stores the path of the current key; nothing is stored when it is the present one.
func (c *call) makeCurrent(path hd.Path) iso7816.Status {
	if slices.Equal(path, c.state().Path) {
		return iso7816.OK
	}
	return c.commit("change the current path", func(s *state) { s.Path = path })
}

// isPinless says whether path is the pinless path; without one nothing is.
func (s *state) isPinless(path hd.Path) bool {
	return len(s.Pinless) > 0 && slices.Equal(path, s.Pinless)
}
