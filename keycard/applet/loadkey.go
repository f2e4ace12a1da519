package applet

import (
	"bytes"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// loadKey replaces the master key, by a key pair (P1 01 and 02) or by a seed (03), and answers the key UID (Keycard
// seed, LOAD KEY). Between 01 and 02 the original sees no difference: the chain code's presence decides.
func (c *call) loadKey() ([]byte, iso7816.Status) {
	switch c.cmd.P1 {
	case wire.LoadKeyPair, wire.LoadExtendedKey:
		k, rest, sw := c.parseKey(c.cmd.Data)
		if sw == iso7816.OK && len(rest) > 0 {
			sw = iso7816.WrongData
		}
		if sw != iso7816.OK {
			return nil, sw
		}
		return c.adopt("load a key", k)
	case wire.LoadSeed:
		if len(c.cmd.Data) != wire.SeedSize {
			return nil, iso7816.WrongData
		}
		k, err := seedKey(secret.Copy(c.cmd.Data))
		if err != nil {
			return nil, iso7816.WrongData
		}
		return c.adopt("load a seed", k)
	}
	return nil, iso7816.WrongP1P2
}

// adopt makes k the master key and answers its key UID.
func (c *call) adopt(why string, k *masterKey) ([]byte, iso7816.Status) {
	sw := c.commit(why, func(s *state) { s.setKey(k, c.a.profile.LoadClearsPinless) })
	if sw != iso7816.OK {
		return nil, sw
	}
	c.v.keys.forget()
	uid := wire.KeyUID([wire.PublicKeySize]byte(k.Public))
	return uid[:], iso7816.OK
}

// seedKey makes the master key of a seed (BIP-32, "Master key generation") and destroys the seed.
func seedKey(seed secret.Bytes) (*masterKey, error) {
	defer seed.Destroy()
	key, err := hd.Master(seed)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	chain, public := key.ChainCode(), key.PublicKey()
	k := &masterKey{Chain: chain[:], Public: public[:]}
	key.Private().Reveal(func(b []byte) { k.Private = bytes.Clone(b) })
	return k, nil
}

// parseKey reads a key template, and what follows it. The tags must be [80] 81 [82], in this order.
func (c *call) parseKey(b []byte) (k *masterKey, rest []byte, sw iso7816.Status) {
	elements, rest, err := wire.KeyElements(b)
	if err != nil {
		return nil, nil, iso7816.WrongData
	}
	public, elements := next(elements, wire.TagKeyPublic)
	private, elements := next(elements, wire.TagKeyPrivate)
	chain, elements := next(elements, wire.TagKeyChain)
	if len(elements) > 0 && (!c.a.quirks.DropChainCode || private == nil) {
		return nil, nil, iso7816.WrongData
	}
	k, sw = c.newKey(public, private, chain)
	return k, rest, sw
}

// next takes the first element off if it has the tag. A value of no bytes is not nil.
func next(elements []tlv.Element, t tlv.Tag) ([]byte, []tlv.Element) {
	if len(elements) == 0 || elements[0].Tag != t {
		return nil, elements
	}
	return append([]byte{}, elements[0].Value...), elements[1:]
}

// newKey checks the parts of a key; public and chain may be nil. A public key has to be the private key's; the original
// believed anything.
func (c *call) newKey(public, private, chain []byte) (*masterKey, iso7816.Status) {
	var d secp256k1.ModNScalar
	defer d.Zero()
	if len(private) != wire.PrivateKeySize || d.SetByteSlice(private) || d.IsZero() ||
		chain != nil && len(chain) != wire.ChainCodeSize || public != nil && len(public) != wire.PublicKeySize {
		return nil, iso7816.WrongData
	}
	computed := secp256k1.NewPrivateKey(&d).PubKey().SerializeUncompressed()
	if public == nil {
		public = computed
	}
	if !bytes.Equal(public, computed) && !c.a.quirks.UncheckedPublicKey {
		return nil, iso7816.WrongData
	}
	return &masterKey{Private: private, Chain: chain, Public: public}, iso7816.OK
}
