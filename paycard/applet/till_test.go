package applet_test

import (
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// asked is what a terminal knows after CHALLENGE.
type asked struct {
	wire.Challenge
	token wire.Token
	blind bool
}

// challenge asks to pay an order with profile n, from thePurse.
func (k *kit) challenge(n byte, o wire.Order) asked { return k.challengeOf(thePurse, n, o) }

func (k *kit) challengeOf(p wire.Purse, n byte, o wire.Order) asked {
	k.Helper()
	c, err := wire.ParseChallenge(k.ok(k.bare(wire.ChallengeCommand(n, o))).Data)
	if err != nil {
		k.Fatal(err)
	}
	digest := wire.Payment{Purse: p, Order: o, Counter: c.Counter}.Digest()
	return asked{Challenge: c, token: wire.Token{Card: k.info.Address, Challenge: c.Challenge, Digest: digest}}
}

// challengeHash asks for a blind signature.
func (k *kit) challengeHash(hash []byte) asked {
	k.Helper()
	c, err := wire.ParseChallenge(k.ok(k.bare(wire.ChallengeHashCommand([32]byte(hash)))).Data)
	if err != nil {
		k.Fatal(err)
	}
	return asked{c, wire.Token{Card: k.info.Address, Challenge: c.Challenge, Digest: [32]byte(hash)}, true}
}

// terms are what the approver says by default; the time moves on by a minute.
func (k *kit) terms() wire.Terms {
	t := wire.Terms{Time: k.now, Expiry: k.now + 30}
	k.now += 60
	return t
}

// approve has the approver sign.
func approve(a asked, key *secp256k1.PrivateKey, t wire.Terms) wire.Approval {
	a.token.Terms = t
	s := wire.SignToken(key, a.token.SHA256())
	return wire.Approval{Terms: t, Approver: &s}
}

// stamp has a time authority sign, alone.
func stamp(a asked, key *secp256k1.PrivateKey, now uint32) wire.Approval {
	a.token.Terms = wire.Terms{Time: now}
	s := wire.SignToken(key, a.token.TimeSHA256())
	return wire.Approval{Terms: a.token.Terms, Time: &s}
}

// both adds a time authority's signature to an approval.
func both(a asked, by wire.Approval, key *secp256k1.PrivateKey) wire.Approval {
	s := stamp(a, key, by.Terms.Time)
	by.Time = s.Time
	return by
}

// pay sends PAY or SIGN HASH.
func (k *kit) pay(a asked, by wire.Approval) iso7816.Response {
	k.Helper()
	if a.blind {
		return k.bare(wire.SignHashCommand(by))
	}
	return k.bare(wire.PayCommand(by))
}

// buy is a whole tap with profile 0: a new power-up, an approval at k.now, which then moves on by a minute.
func (k *kit) buy(amount uint64) iso7816.Response {
	k.Helper()
	return k.buyOf(thePurse, 0, amount, k.terms())
}

// buyOf is a whole tap that the approver approves on given terms.
func (k *kit) buyOf(p wire.Purse, n byte, amount uint64, t wire.Terms) iso7816.Response {
	k.Helper()
	return k.tapped(p, n, amount, func(a asked) wire.Approval { return approve(a, approver, t) })
}

// offline is a whole tap without a token.
func (k *kit) offline(amount uint64) iso7816.Response {
	k.Helper()
	return k.tapped(thePurse, 0, amount, func(asked) wire.Approval { return wire.Approval{} })
}

// tapped is a whole tap for a new offer. A refusal of CHALLENGE is its result, too.
func (k *kit) tapped(p wire.Purse, n byte, amount uint64, by func(asked) wire.Approval) iso7816.Response {
	k.Helper()
	k.tap()
	k.offer++
	o := order(amount, k.offer)
	if r := k.bare(wire.ChallengeCommand(n, o)); r.SW != iso7816.OK {
		return r
	}
	a := k.challengeOf(p, n, o)
	return k.pay(a, by(a))
}

// signed checks a signature by the card over a digest.
func (k *kit) signed(r iso7816.Response, digest [32]byte, by wire.Address) wire.Signed {
	k.Helper()
	s, err := wire.ParseSigned(r.Data)
	if err != nil {
		k.Fatal(err)
	}
	if got, err := s.Signature.Recover(digest); err != nil || got != by {
		k.Errorf("signed by %v (%v), not by %v", got, err, by)
	}
	return s
}
