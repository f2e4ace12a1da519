package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"io"

	"tapcard.example/secret"
)

// Content is what ENC carries: a wallet, its access code, and the number of cards of the set.
type Content struct {
	Private, Chain secret.Bytes // 32 bytes each
	Size           byte
	Origin         Origin
	Code           secret.Bytes
}

// Destroy zeroes the secrets.
func (c Content) Destroy() {
	c.Private.Destroy()
	c.Chain.Destroy()
	c.Code.Destroy()
}

func (c Content) encode() []byte {
	b := make([]byte, 0, contentSize)
	c.Private.Reveal(func(p []byte) { b = append(b, p...) })
	c.Chain.Reveal(func(p []byte) { b = append(b, p...) })
	return appendCode(append(b, c.Size, byte(c.Origin)), c.Code)
}

// parseContent takes the plaintext of ENC apart, which must fit the offer it came by: ErrBundle.
func parseContent(b []byte, o Offer) (Content, error) {
	r := reader{b}
	private, chain := r.take(PrivateSize), r.take(ChainSize)
	size, origin := r.take(1)[0], Origin(r.take(1)[0])
	code, err := parseCode(r.b)
	if err != nil || size != o.Size || origin != Generated && origin != Imported {
		return Content{}, ErrBundle
	}
	c := Content{Private: secret.Copy(private), Chain: secret.Copy(chain), Size: size, Origin: origin, Code: code}
	pair, err := KeyPairOf(private)
	if err != nil || pair.Public != o.Wallet {
		c.Destroy()
		return Content{}, ErrBundle
	}
	pair.Destroy()
	return c, nil
}

// Seal makes the bundle for one backup card: the source signs, then encrypts under K_trans. card and link are the
// source's keys, link the one of this offer. rand gives 12 bytes; ErrRandom when it fails.
func Seal(rand io.Reader, card, link *KeyPair, o Offer, j Join, set []Key, c Content) (Bundle, error) {
	b := Bundle{Size: o.Size, Slot: o.Slot, Card: j.Card, Pair: PairID(o, j), Set: set}
	b.Sig = card.Sign(nameAttest, attested(roleSource, o, j, set)...)
	nonce, err := Draw(rand, gcmNonceSize)
	if err != nil {
		return Bundle{}, err
	}
	b.Nonce = [gcmNonceSize]byte(nonce)
	aead, err := b.transport(link, j.Link, o, j)
	if err != nil {
		return Bundle{}, err
	}
	plain := c.encode()
	defer clear(plain)
	aead.Seal(b.Enc[:0], b.Nonce[:], plain, b.associated())
	return b, nil
}

// Open decrypts a bundle that Check has passed, with the backup card's link key: ErrBundle when it does not open, or
// what is inside does not fit the offer.
func (b Bundle) Open(link *KeyPair, o Offer, j Join) (Content, error) {
	aead, err := b.transport(link, o.Link, o, j)
	if err != nil {
		return Content{}, err
	}
	plain, err := aead.Open(nil, b.Nonce[:], b.Enc[:], b.associated())
	if err != nil {
		return Content{}, ErrBundle
	}
	defer clear(plain)
	return parseContent(plain, o)
}

// associated is what ENC is bound to besides K_trans: size, slot and set.
func (b Bundle) associated() []byte {
	return append(append([]byte(tag(nameENC)), b.Size, b.Slot), joinKeys(b.Set)...)
}

// transport is AES-256-GCM under K_trans.
func (b Bundle) transport(link *KeyPair, peer Key, o Offer, j Join) (cipher.AEAD, error) {
	shared, err := link.agree(peer)
	if err != nil {
		return nil, err
	}
	defer clear(shared)
	transcript := Hash(nameTranscript, o.Encode(), j.Encode(), b.head())
	key, err := hkdf.Key(sha256.New, shared, transcript[:], tag(nameTransport), 32)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return newGCM(key)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
