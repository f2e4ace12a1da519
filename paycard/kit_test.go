package paycard_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/paycard"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// The approver and the time authority exist in tests only.
var (
	approver, next, authority = signer(1), signer(2), signer(3)
	purse                     = wire.Purse{Chain: 31337, Vault: addr(0x11), Token: addr(0x22)}
	macKey                    = secret.Copy(bytes.Repeat([]byte{7}, 32))
	pairingSecret             = secret.Copy(bytes.Repeat([]byte{9}, 32))
)

func signer(b byte) *secp256k1.PrivateKey {
	sum := sha256.Sum256([]byte{b})
	return secp256k1.PrivKeyFromBytes(sum[:])
}

func public(k *secp256k1.PrivateKey) wire.PublicKey {
	return wire.PublicKey(k.PubKey().SerializeCompressed())
}

func addr(b byte) wire.Address { return wire.Address(bytes.Repeat([]byte{b}, wire.AddressSize)) }

func digits(s string) secret.PIN { return secret.PIN{Bytes: secret.Copy([]byte(s))} }

func order(amount uint64, offer byte) wire.Order {
	return wire.Order{Merchant: addr(0x77), Amount: amount, Anchor: 8000, Block: [32]byte{1}, Offer: [32]byte{offer}}
}

func profile() wire.Profile {
	return wire.Profile{Purse: purse, Single: 1000, Velocity: 5000, Touch: wire.NoTouch}
}

func service(url string, key *secp256k1.PrivateKey) wire.Service {
	return wire.Service{URL: url, Keys: []wire.PublicKey{public(key)}, MAC: macKey}
}

const theURL = "https://approve.example/v1"

// kit is a card that its owner has set up, in front of a host.
type kit struct {
	testing.TB
	soft    *softcard.Card
	link    *meddler
	ch      *card.Channel
	opts    paycard.Options
	pairing paycard.Pairing
	now     uint32
}

// meddler may replace the card's answers.
type meddler struct {
	card.Link
	answer func(cmd iso7816.Command, raw []byte) ([]byte, error)
}

func (m *meddler) Transmit(ctx context.Context, raw []byte) ([]byte, error) {
	answer, err := m.Link.Transmit(ctx, raw)
	if err != nil || m.answer == nil {
		return answer, err
	}
	cmd, err := iso7816.ParseCommand(raw)
	if err != nil {
		return nil, err
	}
	return m.answer(cmd, answer)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// newKit is an empty card.
func newKit(tb testing.TB) *kit {
	tb.Helper()
	env := softcard.NewEnv(softcard.NewStore())
	env.Rand = rand.NewChaCha8([32]byte{1})
	soft, err := applet.NewCard(applet.Options{Env: env})
	must(tb, err)
	k := &kit{TB: tb, soft: soft, link: &meddler{Link: loopback.Connect(soft, "test")}, now: 1_800_000_000}
	k.opts.Rand = rand.NewChaCha8([32]byte{2})
	return k
}

// tap powers the card up anew and selects it.
func (k *kit) tap() *paycard.Card {
	k.Helper()
	must(k, k.link.Reset(context.Background()))
	k.ch = card.NewChannel(k.link)
	c, err := k.opts.Select(context.Background(), k.ch)
	must(k, err)
	return c
}

// ready initialises and pairs.
func (k *kit) ready() *kit {
	k.Helper()
	ctx, c := context.Background(), k.tap()
	must(k, c.Init(ctx, paycard.InitOptions{PIN: digits("123456"), PUK: digits("123456789012"),
		PairingSecret: pairingSecret}))
	p, err := c.Pair(ctx, pairingSecret)
	must(k, err)
	k.pairing = p
	return k
}

// owner is a new tap with the PIN verified.
func (k *kit) owner() *paycard.Session {
	k.Helper()
	s, err := k.tap().Open(context.Background(), k.pairing)
	must(k, err)
	must(k, s.VerifyPIN(context.Background(), digits("123456")))
	return s
}

// payable has a profile and a service, too.
func payable(tb testing.TB) *kit {
	tb.Helper()
	k, ctx := newKit(tb).ready(), context.Background()
	s := k.owner()
	must(k, s.SetProfile(ctx, 0, profile()))
	must(k, s.SetService(ctx, service(theURL, approver)))
	must(k, s.SetTimeAuthorities(ctx, []wire.PublicKey{public(authority)}))
	return k
}

// approve is the fake service: it checks the MAC as a real one must, and signs. A minute goes by.
func (k *kit) approve(t *paycard.Tap, key *secp256k1.PrivateKey) wire.Approval {
	k.Helper()
	token := t.Token()
	if _, err := t.Challenge.Open(macKey, token.Card, token.Digest); err != nil {
		k.Fatal(err)
	}
	token.Terms = wire.Terms{Time: k.now, Expiry: k.now + 30}
	k.now += 60
	s := wire.SignToken(key, token.SHA256())
	return wire.Approval{Terms: token.Terms, Approver: &s}
}

// buy is a whole tap.
func (k *kit) buy(amount uint64, offer byte) (wire.Signed, error) {
	k.Helper()
	ctx, c := context.Background(), k.tap()
	t, err := c.Challenge(ctx, 0, purse, order(amount, offer))
	if err != nil {
		return wire.Signed{}, err
	}
	s, _, err := t.Pay(ctx, k.approve(t, approver))
	return s, err
}
