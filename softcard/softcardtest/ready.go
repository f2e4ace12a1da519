package softcardtest

import (
	"context"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/secret"
)

// What every ready card has been given. The mnemonic is the one that Ethereum's test nodes fund: m/44'/60'/0'/0/0 is
// the address 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266.
const (
	PIN             = "314159"
	PUK             = "271828182845"
	PairingPassword = "softcardtest"
	Mnemonic        = "test test test test test test test test test test test junk"
)

// Ready is a Keycard that has been set up, and what its owner knows. It is in the field and has just been reset.
type Ready struct {
	Link          card.Link
	PIN, PUK      secret.PIN      // PIN and PUK of the constants
	PairingSecret secret.Bytes    // 32 bytes, made of PairingPassword
	Pairing       keycard.Pairing // the pairing of this computer, in slot 0
	Mnemonic      secret.Bytes    // the sentence of the constant, loaded without a passphrase
	KeyUID        keycard.KeyUID  // the name of its master key
}

// ReadyKeycard is a Keycard with PIN, PUK, pairing and the key of the public test mnemonic. From 3.1 on it has no
// duress PIN that could be entered.
func ReadyKeycard(t testing.TB, opts ...Option) *Ready {
	t.Helper()
	r := &Ready{
		Link:          Keycard(t, opts...),
		PIN:           secret.PIN{Bytes: secret.Copy([]byte(PIN))},
		PUK:           secret.PIN{Bytes: secret.Copy([]byte(PUK))},
		PairingSecret: keycard.PairingSecrets(secret.Copy([]byte(PairingPassword)))[0],
		Mnemonic:      secret.Copy([]byte(Mnemonic)),
	}
	r.setUp(t)
	session := r.Open(t)
	defer session.Close()
	seed := hd.Seed(r.Mnemonic, secret.Bytes{})
	defer seed.Destroy()
	uid, err := session.LoadSeed(context.Background(), seed)
	if err == nil {
		err = r.Link.Reset(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	r.KeyUID = uid
	return r
}

// setUp initialises and pairs.
func (r *Ready) setUp(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	c := r.Select(t)
	err := c.Init(ctx, keycard.InitOptions{PIN: r.PIN, PUK: r.PUK, PairingSecret: r.PairingSecret, Duress: keycard.NoDuress()})
	if err != nil {
		t.Fatal(err)
	}
	if r.Pairing, err = c.Pair(ctx, r.PairingSecret); err != nil {
		t.Fatal(err)
	}
}

// Select is a new tap: it resets the card, so sessions opened before have ended, and selects it over a new channel.
func (r *Ready) Select(t testing.TB) *keycard.Card {
	t.Helper()
	if err := r.Link.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	c, err := keycard.Select(context.Background(), card.NewChannel(r.Link))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Open is a new tap, a secure channel, and the PIN verified.
func (r *Ready) Open(t testing.TB) *keycard.Session {
	t.Helper()
	session, err := r.Select(t).Open(context.Background(), r.Pairing)
	if err == nil {
		err = session.VerifyPIN(context.Background(), r.PIN)
	}
	if err != nil {
		t.Fatal(err)
	}
	return session
}
