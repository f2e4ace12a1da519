package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// keys derives what a card with the scenario's seed must hold.
type keys struct{ master *hd.Key }

func newKeys(t testing.TB) *keys {
	t.Helper()
	seed, err := hex.DecodeString(seedHex)
	if err != nil {
		t.Fatal(err)
	}
	master, err := hd.Master(secret.New(seed))
	if err != nil {
		t.Fatal(err)
	}
	return &keys{master}
}

// duress are the keys behind a duress PIN: the chain code is hashed, the key itself stays.
func (k *keys) duress(t testing.TB) *keys {
	t.Helper()
	chain := k.master.ChainCode()
	master, err := hd.NewKey(k.master.Private(), sha256.Sum256(chain[:]))
	if err != nil {
		t.Fatal(err)
	}
	return &keys{master}
}

// at derives a path. The paths are constants of this package, so a failure is a bug here.
func (k *keys) at(path string) *hd.Key {
	p, err := hd.ParsePath(path)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", path, err))
	}
	key, err := k.master.Derive(p)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", path, err))
	}
	return key
}

func (k *keys) public(path string) []byte {
	public := k.at(path).PublicKey()
	return public[:]
}

func (k *keys) chain(path string) []byte {
	chain := k.at(path).ChainCode()
	return chain[:]
}

func (k *keys) private(path string) (b []byte) {
	k.at(path).Private().Reveal(func(p []byte) { b = append(b, p...) })
	return b
}

// uid is the key UID of the loaded key: SHA-256 of the master public key.
func (k *keys) uid() []byte {
	h := sha256.Sum256(k.public("m"))
	return h[:]
}

// Our own derivation is the yardstick here, so it is itself held against an address everybody knows.
func TestYardstickDerivesTheWellKnownAddress(t *testing.T) {
	public, err := crypto.UnmarshalPubkey(newKeys(t).public(pathFirst))
	if err != nil {
		t.Fatal(err)
	}
	const want = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
	if got := crypto.PubkeyToAddress(*public).Hex(); got != want {
		t.Errorf("%s has the address %s, want %s", pathFirst, got, want)
	}
}
