package applet_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/keycard/applet"
)

// The card's identification key, and the authority that certified it.
var (
	identKey  = secp256k1.PrivKeyFromBytes(counting(32))
	authority = secp256k1.PrivKeyFromBytes(bytes.Repeat([]byte{3}, 32))
)

// certificate is the public key, compressed, and the authority's signature of its hash: r, s, recovery id.
func certificate() []byte {
	pub := identKey.PubKey().SerializeCompressed()
	sum := sha256.Sum256(pub)
	compact := ecdsa.SignCompact(authority, sum[:], false)
	return append(append(pub, compact[1:]...), compact[0]-27)
}

func certified(o *applet.Options) {
	o.Identity = &applet.Identity{Certificate: [98]byte(certificate())}
	copy(o.Identity.Private[:], identKey.Serialize())
}

func TestIdent(t *testing.T) {
	proves := func(k *kit) {
		b := k.is(k.bare(0x14, 0, 0, theHash...)).Data
		if len(b) < 110 || b[0] != 0xA0 || b[1] != 0x81 || b[3] != 0x8A || b[4] != 98 || b[5+98] != 0x30 {
			k.Fatalf("answered %X", b)
		}
		k.equal("the certificate", b[5:5+98], certificate())
		sig, err := ecdsa.ParseDERSignature(b[5+98:])
		if err != nil || !sig.Verify(theHash, identKey.PubKey()) {
			k.Errorf("the card's signature: %v", err)
		}
	}
	each(t, "ident.9000", func(k *kit) { proves(k.init()) }, certified)
	each(t, "ident.9000.before-init", func(k *kit) {
		k.sel()
		proves(k)
	}, certified)
	each(t, "ident.effect.any-s", func(k *kit) {
		k.init()
		high := 0
		for range 40 {
			numbers := k.is(k.bare(0x14, 0, 0, theHash...)).Data[5+98+2:]
			s := scalar(k, numbers[2+numbers[1]+2:])
			if s.IsOverHalfOrder() {
				high++
			}
		}
		if high == 0 || high == 40 {
			k.Errorf("s is above half the group order in %d of 40 signatures", high)
		}
	}, certified)
	each(t, "ident.6a80.length", func(k *kit) {
		k.init()
		for _, n := range []int{0, 31, 33} {
			k.is(k.bare(0x14, 0, 0, make([]byte, n)...))
		}
	}, certified)
	each(t, "ident.6985.no-certificate", func(k *kit) { k.is(k.init().bare(0x14, 0, 0, theHash...)) })
}
