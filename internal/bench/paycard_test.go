package bench

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/paycard"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// paycardFigures measures a tap of a card under all guards that need no human: approval, time authority, hour, gap and
// both velocities.
func paycardFigures(t *testing.T) []figure {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	till := newTill(t)
	for range 40 * rounds {
		till.tap()
	}
	bare := fastest(till.bareVerify, till.bareSign)
	return []figure{
		{"PAY with time, approval and velocity", milliseconds(till.pay), "ms", 1, false,
			milliseconds(2*bare[0] + bare[1]), "two verifications, a signature"},
		{"commands of a tap", float64(till.apdus), "", 3, false, 0, ""},
	}
}

// till is a terminal with a card, its approver and its time authority.
type till struct {
	testing.TB
	card.Link
	key    *secp256k1.PrivateKey // of approver and authority
	mac    secret.Bytes
	purse  wire.Purse
	order  wire.Order
	clock  uint32
	pay    time.Duration // the shortest PAY
	apdus  int           // of the last tap
	public wire.PublicKey
	proof  wire.TokenSignature
}

func newTill(t testing.TB) *till {
	soft, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		t.Fatal(err)
	}
	key := secp256k1.PrivKeyFromBytes([]byte{7})
	k := &till{TB: t, Link: loopback.Connect(soft, "bench"), key: key, mac: secret.Copy(make([]byte, 32)),
		purse:  wire.Purse{Chain: 1, Vault: wire.Address{1}, Token: wire.Address{2}},
		order:  wire.Order{Merchant: wire.Address{3}, Amount: 5, Anchor: 8},
		public: wire.PublicKey(key.PubKey().SerializeCompressed()), proof: wire.SignToken(key, [32]byte{1}),
		clock: 1_800_000_000, pay: time.Hour}
	k.setUp()
	return k
}

func (k *till) must(err error) {
	if err != nil {
		k.Fatal(err)
	}
}

// setUp is the owner's part.
func (k *till) setUp() {
	ctx, token := context.Background(), secret.Copy(make([]byte, 32))
	pin, puk := secret.PIN{Bytes: secret.Copy([]byte("314159"))}, secret.PIN{Bytes: secret.Copy([]byte("271828182845"))}
	c, err := paycard.Select(ctx, card.NewChannel(k.Link))
	k.must(err)
	k.must(c.Init(ctx, paycard.InitOptions{PIN: pin, PUK: puk, PairingSecret: token}))
	pairing, err := c.Pair(ctx, token)
	k.must(err)
	s, err := c.Open(ctx, pairing)
	k.must(err)
	k.must(s.VerifyPIN(ctx, pin))
	keys := []wire.PublicKey{k.public}
	k.must(s.SetProfile(ctx, 0, wire.Profile{Purse: k.purse, Single: 9, Velocity: 1 << 40, Touch: wire.NoTouch}))
	k.must(s.SetService(ctx, wire.Service{URL: "https://approve.example", Keys: keys, MAC: k.mac}))
	k.must(s.SetTimeAuthorities(ctx, keys))
	k.must(s.SetGuards(ctx, wire.Guards{Flags: wire.OncePerPower | wire.WantApproval | wire.WantTime,
		Hourly: wire.MaxHourly, Gap: 60, Window: 86400, Currency: 1 << 40}))
}

// tap is a whole payment, two minutes after the one before.
func (k *till) tap() {
	ctx, ch := context.Background(), card.NewChannel(k)
	k.must(k.Reset(ctx))
	c, err := paycard.Select(ctx, ch)
	k.must(err)
	k.clock += 120
	k.order.Offer = [32]byte{byte(k.clock), byte(k.clock >> 8), byte(k.clock >> 16)}
	tap, err := c.Challenge(ctx, 0, k.purse, k.order)
	k.must(err)
	token := tap.Token()
	token.Terms = wire.Terms{Time: k.clock, Expiry: k.clock + 30, Rate: 3}
	approved, timed := wire.SignToken(k.key, token.SHA256()), wire.SignToken(k.key, token.TimeSHA256())
	_, _, err = tap.Pay(ctx, wire.Approval{Terms: token.Terms, Approver: &approved, Time: &timed})
	k.must(err)
	k.apdus = ch.APDUs()
}

// Transmit takes the time of PAY.
func (k *till) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	began := time.Now()
	answer, err := k.Link.Transmit(ctx, command)
	if command[1] == wire.InsPay {
		k.pay = min(k.pay, time.Since(began))
	}
	return answer, err
}

func (k *till) bareVerify() {
	if !k.proof.Verify(k.public, [32]byte{1}) {
		k.Fatal("it does not verify")
	}
}

func (k *till) bareSign() { wire.Sign(k.key, [32]byte{1}) }
