package bench

import (
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/hd"
	"tapcard.example/secret"
	"tapcard.example/softcard/softcardtest"
)

// primitives are the computations that no Keycard can do without.
type primitives struct {
	testing.TB
	private *secp256k1.PrivateKey
	public  *secp256k1.PublicKey
	master  *hd.Key
	digest  [32]byte
	made    []byte // a signature with its recovery id
	path    hd.Path
}

func newPrimitives(t testing.TB) *primitives {
	master, err := hd.Master(hd.Seed(secret.Copy([]byte(softcardtest.Mnemonic)), secret.Bytes{}))
	if err != nil {
		t.Fatal(err)
	}
	p := &primitives{TB: t, master: master, digest: [32]byte{1}, path: ethereumPath()}
	p.private = secp256k1.PrivKeyFromBytes([]byte(softcardtest.Mnemonic)[:32])
	p.public = p.private.PubKey()
	p.made = ecdsa.SignCompact(p.private, p.digest[:], false)
	return p
}

// ethereumPath is the first of an Ethereum wallet: five levels, of which three are hardened.
func ethereumPath() hd.Path { return hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0} }

func (p *primitives) sign() { ecdsa.Sign(p.private, p.digest[:]) }

// derive goes down five levels and computes the public key, which the answer to SIGN carries.
func (p *primitives) derive() {
	p.path[4]++
	key, err := p.master.Derive(p.path)
	if err != nil {
		p.Fatal(err)
	}
	key.PublicKey()
	key.Destroy()
}

func (p *primitives) recover() {
	if _, _, err := ecdsa.RecoverCompact(p.made, p.digest[:]); err != nil {
		p.Fatal(err)
	}
}

// agree is what the two sides of OPEN SECURE CHANNEL compute: the host's key pair, and the shared secret twice.
func (p *primitives) agree() {
	key, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		p.Fatal(err)
	}
	secp256k1.GenerateSharedSecret(key, p.public)
	secp256k1.GenerateSharedSecret(p.private, key.PubKey())
}
