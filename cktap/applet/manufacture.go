package applet

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// manufacture is what applet and factory do before the card is sold (Tap protocol, "Install-Time Actions"): the card's
// key and certificates, the CVC, on a TAPSIGNER the backup key, on a SATSCARD the first slot.
func (a *Applet) manufacture(o Options) (state, error) {
	p := o.Personal
	if p == nil {
		p = &Personal{}
	}
	birth := o.birth()
	s := state{Birth: birth.Height, Slots: make([]slot, slotsOf(a.product))}
	if err := a.identify(&s, o, p); err != nil {
		return state{}, err
	}
	if err := a.codes(&s, p); err != nil {
		return state{}, err
	}
	if err := a.firstKey(&s, p, birth); err != nil {
		return state{}, err
	}
	return s, nil
}

// identify makes the card's own key and has it certified.
func (a *Applet) identify(s *state, o Options, p *Personal) error {
	key := p.CardKey
	if key.Len() == 0 {
		drawn, err := wire.RandomKey(a.env.Rand)
		if err != nil {
			return err
		}
		key = drawn
	}
	public, err := wire.PublicKeyOf(key)
	if err != nil {
		return err
	}
	s.Card = reveal(key)
	chain := p.Certificates
	if chain == nil {
		if o.Factory == nil {
			return errNoFactory
		}
		if chain, err = o.Factory.certify(a.env.Rand, public, o.Certificates); err != nil {
			return err
		}
	}
	for _, c := range chain {
		s.Certificates = append(s.Certificates, c[:])
	}
	return nil
}

// codes picks what is printed on the card.
func (a *Applet) codes(s *state, p *Personal) (err error) {
	cvc := p.CVC
	switch {
	case cvc != "":
	case a.product == wire.Satschip:
		cvc = wire.SatschipCVC
	default:
		if cvc, err = digits(a.env.Rand); err != nil {
			return err
		}
	}
	s.CVC, s.PrintedCVC = []byte(cvc), []byte(cvc)
	if a.product != wire.Tapsigner {
		return nil
	}
	key := p.BackupKey
	if key.Len() == 0 {
		if key, err = secret.Random(a.env.Rand, wire.BackupKeySize); err != nil {
			return err
		}
	}
	s.BackupKey = reveal(key)
	return nil
}

// digits draws a CVC of six digits.
func digits(r io.Reader) (string, error) {
	n, err := rand.Int(r, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n), nil
}

// firstKey picks slot 0 of a SATSCARD. Signers leave the factory without a key.
func (a *Applet) firstKey(s *state, p *Personal, birth Block) error {
	if p.Blank || a.product.Signer() && p.MasterKey.Len() == 0 {
		return nil
	}
	master := p.MasterKey
	if master.Len() == 0 {
		drawn, err := wire.RandomKey(a.env.Rand)
		if err != nil {
			return err
		}
		master = drawn
	}
	chain := p.ChainCode
	if chain == (wire.Bytes32{}) {
		chain = birth.Hash
	}
	k, err := a.derive(master, chain, a.firstPath())
	if err != nil {
		return err
	}
	s.Slots[0] = k
	if a.product.Signer() {
		s.Path = wire.DefaultPath()
	}
	return nil
}

// reveal copies a secret out, into the state of a card that keeps its secrets in the clear.
func reveal(s secret.Bytes) (b []byte) {
	s.Reveal(func(key []byte) { b = append(b, key...) })
	return b
}
