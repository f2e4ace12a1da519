package cktap_test

import (
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/transport/loopback"
)

func TestAnotherCardInTheMiddleIsRecognised(t *testing.T) {
	for name, swap := range map[string]func(k *kit, l card.Link){
		"not selected": func(*kit, card.Link) {},
		"selected": func(k *kit, l card.Link) {
			_, err := k.opts.Select(k.ctx, card.NewChannel(l))
			must(k, err)
		},
	} {
		for product, use := range map[wire.Product]func(k *kit, c *cktap.Card) error{
			wire.Satscard: func(k *kit, c *cktap.Card) error {
				s, err := c.Satscard()
				must(k, err)
				_, err = s.Verify(k.ctx, nil)
				return err
			},
			wire.Tapsigner: func(k *kit, c *cktap.Card) error { return c.CheckCVC(k.ctx, cvc(theCVC)) },
		} {
			k := newKit(t, product)
			_, err := k.tap().Genuine(k.ctx)
			must(t, err)
			c := k.tap()
			_, another := k.make(product, 9, func(o *applet.Options) { o.Personal.CardKey = secret.Copy(theKey32()) })
			l := loopback.Connect(another, "test")
			swap(k, l)
			k.gate.Link = l
			err = use(k, c)
			if refuses(t, err, card.ErrCardMismatch, card.ErrCardMismatch, "a moment ago it was "+c.Ident()); t.Failed() {
				t.Error(name, product)
			}
		}
	}
}

func theKey32() []byte { return append(append([]byte(nil), theKey...), theKey...) }

func TestACardThatLostItsPowerIsSelectedAgain(t *testing.T) {
	k := newKit(t, wire.Tapsigner)
	k.setup()
	s := k.tapsigner()
	must(t, k.gate.Reset(k.ctx))
	_, err := s.Sign(k.ctx, cvc(theCVC), nil, theDigest, nil)
	must(t, err)
	k.cost(t, "sign", "SELECT", "sign")
}

func TestOtherProductsAndOtherCardsAreRefused(t *testing.T) {
	k := newKit(t, wire.Satscard)
	_, err := k.tap().Tapsigner()
	refuses(t, err, card.ErrCardMismatch, cktap.ErrProduct, "this is a SATSCARD, not a TAPSIGNER")
	_, err = newKit(t, wire.Satschip).tap().Satscard()
	refuses(t, err, card.ErrCardMismatch, cktap.ErrProduct, "this is a SATSCHIP, not a SATSCARD")
	k.opts.Ident = "XDXKQ-W6VW6-GEQI3-ATSC2"
	_, err = k.opts.Select(k.ctx, card.NewChannel(k.gate))
	refuses(t, err, card.ErrCardMismatch, card.ErrCardMismatch, "not XDXKQ-W6VW6-GEQI3-ATSC2")
	k.opts.Ident = ""
	k.gate.change = func(string, []byte) []byte { return nil }
	_, err = k.opts.Select(k.ctx, card.NewChannel(k.gate))
	want(t, err, card.ErrBadResponse)
}

func TestURLsAreVerified(t *testing.T) {
	for _, product := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
		k := newKit(t, product)
		u, err := k.tap().URL(k.ctx)
		must(t, err)
		site := map[wire.Product]string{wire.Satscard: "https://getsatscard.com/", wire.Tapsigner: "https://tapsigner.com/",
			wire.Satschip: "https://satschip.com/"}[product]
		if !strings.HasPrefix(u.Text, site) {
			t.Error(u.Text)
		}
		k.change(wire.CmdNFC, func(m fields) { m["url"] = strings.Replace(m["url"].(string), "&n=", "&n=0", 1) })
		_, err = k.tap().URL(k.ctx)
		want(t, err, card.ErrBadResponse)
		k.change(wire.CmdNFC, func(m fields) {
			m["url"] = "evil.example/" + m["url"].(string)[strings.Index(m["url"].(string), "#"):]
		})
		u, err = k.tap().URL(k.ctx)
		must(t, err)
		if !strings.HasPrefix(u.Text, site) {
			t.Error("a site that nobody has signed is shown:", u.Text)
		}
		k.change("SELECT", func(m fields) { m["pubkey"], m["addr"] = theLiar.public(), "bc1qqqqqqqqq___qqqqqqqqqqqq" })
		if product.Signer() {
			k.change("SELECT", func(m fields) { m["pubkey"] = theLiar.public() })
		}
		_, err = k.tap().URL(k.ctx)
		want(t, err, card.ErrCardMismatch)
	}
}
