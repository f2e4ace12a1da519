package interop

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/keycard/applet"
	"tapcard.example/softcard"
)

// kind is which card to make.
type kind struct {
	profile string
	quirks  bool // the original's security holes are open
}

// kinds are all cards, in the order of their versions, which is also that of the strings.
var kinds = []kind{{"2.0", false}, {"2.0", true}, {"2.3", false}, {"2.3", true}, {"3.1", false}, {"3.1", true}}

// String names the card in tests and records: "2.3", "2.3-quirks".
func (k kind) String() string {
	if k.quirks {
		return k.profile + "-quirks"
	}
	return k.profile
}

// make makes the card with its recorder and, where the profile has one, a certificate by an authority of this test.
func (c *inserted) make(t *testing.T, k kind) *softcard.Card {
	t.Helper()
	p, err := applet.ProfileByName(k.profile)
	if err != nil {
		t.Fatal(err)
	}
	env := softcard.Env{Store: softcard.NewStore(), Rand: rand.Reader}
	o := applet.Options{Profile: p, Quirks: k.quirks, Env: env, Observe: c.observe}
	if k.profile >= "3.1" {
		o.Identity, c.authority = certify(t)
	}
	card, err := applet.NewCard(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// certify makes an authority and has it sign a card's key: SHA-256 of the compressed key, signature as r, s and
// recovery id. The signature is made by libsecp256k1, not by our code.
func certify(t *testing.T) (*applet.Identity, []byte) {
	t.Helper()
	authority, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	card, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	public := crypto.CompressPubkey(&card.PublicKey)
	digest := sha256.Sum256(public)
	signature, err := crypto.Sign(digest[:], authority)
	if err != nil {
		t.Fatal(err)
	}
	id := &applet.Identity{Private: [32]byte(crypto.FromECDSA(card))}
	copy(id.Certificate[:], append(public, signature...))
	return id, crypto.CompressPubkey(&authority.PublicKey)
}
