package keycard

import (
	"context"
	"crypto/aes"
	"errors"
	"fmt"
	"io"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// InitOptions are what an empty card is given. PIN, PUK and PairingSecret are required.
type InitOptions struct {
	PIN           secret.PIN   // 6 digits
	PUK           secret.PIN   // 12 digits
	PairingSecret secret.Bytes // 32 bytes: NewPairingSecret, or one of PairingSecrets
	// The rest is for 3.1 and later; an older card refuses it with card.ErrUnsupported before anything is sent.
	PINTries, PUKTries int // 2 to 10, 3 to 12; 0 for the usual 3 and 5
	Duress             Duress
}

// Duress says what the duress PIN of a card shall be. Cards from 3.1 on have one, told or not: whoever enters it
// instead of the PIN gets a card that looks the same, key UID included, and derives other keys. If INIT does not say,
// the card takes the first 6 digits of the PUK, which hardly any owner knows. So Init wants to be told: the zero value
// is ErrDuressChoice on such a card.
type Duress struct {
	pin     secret.PIN
	fromPUK bool
	none    bool
}

// DuressPIN chooses a duress PIN of 6 digits; it must not be the PIN.
func DuressPIN(pin secret.PIN) Duress { return Duress{pin: pin} }

// DuressFromPUK accepts the card's default: the first 6 digits of the PUK. They must not be the PIN.
func DuressFromPUK() Duress { return Duress{fromPUK: true} }

// NoDuress makes the duress PIN six random bytes that are no digits: no host can enter them.
func NoDuress() Duress { return Duress{none: true} }

func (d Duress) chosen() bool { return d.none || d.fromPUK || d.pin.Len() > 0 }

// NewPairingSecret makes a random pairing secret of 32 bytes. Unlike one from a password nobody can guess it, so
// whoever finds the card cannot take its free pairing slots.
func (o Options) NewPairingSecret() (secret.Bytes, error) {
	return secret.Random(o.rand(), wire.PairingTokenSize)
}

// HasDuressPIN finds out whether an empty card is a 3.1 or later, which its SELECT does not say: older ones do not know
// IDENT (6D00). One command.
func (c *Card) HasDuressPIN(ctx context.Context) (bool, error) {
	if c.info.Initialized {
		return c.info.Version >= wire.V3_1, nil
	}
	challenge, err := c.challenge()
	if err != nil {
		return false, err
	}
	r, err := c.exchange(ctx, wire.IdentCommand(challenge))
	if err != nil {
		return false, err
	}
	return r.SW != iso7816.InsNotSupported, nil
}

// Init gives an empty card its PIN, PUK and pairing secret (Keycard seed, INIT), then selects it again because INIT
// changes its channel key: three commands. Nobody can prove anything to each other before INIT: do it in a place where
// nobody sits between host and card.
//
// Errors: card.ErrConditions when the card is initialised already; ErrDuressChoice; card.ErrWrongData for codes of the
// wrong form, before anything is sent. Keep the pairing secret before you call Init: [Store.Init] does.
func (c *Card) Init(ctx context.Context, o InitOptions) error {
	return c.init(ctx, o, func() error { return nil })
}

// init calls journal when all is checked, right before INIT is sent.
func (c *Card) init(ctx context.Context, o InitOptions, journal func() error) error {
	if c.info.Initialized {
		return failure(wire.InsInit, card.ErrConditions, errors.New("the card is initialised already"))
	}
	modern, err := c.HasDuressPIN(ctx)
	if err != nil {
		return err
	}
	payload, err := o.payload(modern, c.opts.rand())
	if err != nil {
		return err
	}
	plain, err := payload.Encode()
	if err != nil {
		return failure(wire.InsInit, card.ErrWrongData, err)
	}
	defer plain.Destroy()
	sealed, err := c.sealOneShot(plain)
	if err != nil {
		return err
	}
	if err := journal(); err != nil {
		return err
	}
	if _, err := c.do(ctx, wire.InitCommand(sealed)); err != nil {
		return err
	}
	return c.reselect(ctx)
}

// payload checks the options against what the card is and turns them into what INIT carries.
func (o InitOptions) payload(modern bool, rand io.Reader) (wire.InitPayload, error) {
	p := wire.InitPayload{PIN: o.PIN, PUK: o.PUK, Token: o.PairingSecret}
	err := errors.Join(checkDigits("PIN", o.PIN, wire.PINSize), checkDigits("PUK", o.PUK, wire.PUKSize))
	if err != nil {
		return p, failure(wire.InsInit, card.ErrWrongData, err)
	}
	if !modern {
		if o.PINTries != 0 || o.PUKTries != 0 || o.Duress.chosen() && !o.Duress.none {
			return p, failure(wire.InsInit, card.ErrUnsupported,
				errors.New("this card is older than 3.1: it has no duress PIN and its limits are fixed"))
		}
		return p, nil
	}
	p.PINTries, p.PUKTries = o.PINTries, o.PUKTries
	return p, o.Duress.apply(&p, rand)
}

func (d Duress) apply(p *wire.InitPayload, rand io.Reader) error {
	switch {
	case !d.chosen():
		return failure(wire.InsInit, card.ErrConditions, ErrDuressChoice)
	case d.none:
		return d.unreachable(p, rand)
	case d.fromPUK:
		p.PUK.Reveal(func(puk []byte) { p.DuressPIN = secret.PIN{Bytes: secret.Copy(puk[:wire.PINSize])} })
	default:
		if err := checkDigits("duress PIN", d.pin, wire.PINSize); err != nil {
			return failure(wire.InsInit, card.ErrWrongData, err)
		}
		p.DuressPIN = d.pin
	}
	if p.DuressPIN.Equal(p.PIN.Bytes) {
		return refuse(wire.InsInit, "PIN and duress PIN must differ, or the card would always derive the duress keys")
	}
	return nil
}

// unreachable sets a duress PIN of bytes from 80 to FF. The card does not look at them, and refuses to verify a PIN
// that is not made of digits before it compares it with anything.
func (d Duress) unreachable(p *wire.InitPayload, rand io.Reader) error {
	b := make([]byte, wire.PINSize)
	if _, err := io.ReadFull(rand, b); err != nil {
		return fmt.Errorf("%w: %w", wire.ErrRandom, err)
	}
	for i := range b {
		b[i] |= 0x80
	}
	p.DuressPIN = secret.PIN{Bytes: secret.New(b)}
	return nil
}

// sealOneShot encrypts the data of INIT and ADD ENTROPY under a key agreed for this command alone.
func (c *Card) sealOneShot(plain secret.Bytes) ([]byte, error) {
	key, private, err := wire.NewChannelKey(c.opts.rand())
	if err != nil {
		return nil, err
	}
	clear(private[:])
	var iv [aes.BlockSize]byte
	if _, err := io.ReadFull(c.opts.rand(), iv[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrRandom, err)
	}
	ecdh, err := key.Agree(c.info.PublicKey)
	if err != nil {
		return nil, bad(iso7816.InsSelect, err)
	}
	defer clear(ecdh[:])
	var sealed []byte
	plain.Reveal(func(b []byte) { sealed = wire.SealOneShot(key.Public, ecdh[:], iv[:], b) })
	return sealed, nil
}

// challenge draws 32 random bytes.
func (c *Card) challenge() (b [wire.ChallengeSize]byte, err error) {
	if _, err := io.ReadFull(c.opts.rand(), b[:]); err != nil {
		return b, fmt.Errorf("%w: %w", wire.ErrRandom, err)
	}
	return b, nil
}

// checkDigits refuses a code of the wrong form before a card can count it as a wrong one.
func checkDigits(what string, code secret.PIN, n int) error {
	good := code.Len() == n
	code.Reveal(func(b []byte) {
		for _, d := range b {
			good = good && d >= '0' && d <= '9'
		}
	})
	if !good {
		return fmt.Errorf("the %s must be %d digits", what, n)
	}
	return nil
}
