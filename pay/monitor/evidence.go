package monitor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/pay/vault"
)

// Evidence is what a merchant's terminal signed and should not have: two offers of one id, or a receipt that says another
// amount than was paid. Owners give it as JSON. It convicts without a vote (Evidence.sol).
type Evidence struct {
	Merchant    common.Address `json:"merchant"`
	Terminal    common.Address `json:"terminal"`
	Certificate hexutil.Bytes  `json:"certificate"` // the merchant's, for the terminal's key
	Offers      []Offer        `json:"offers,omitempty"`
	Receipt     *Receipt       `json:"receipt,omitempty"`
}

// Offer is an offer that a terminal signed.
type Offer struct {
	ID        hexutil.Bytes `json:"id"`     // 16 bytes
	Amount    uint64        `json:"amount"` // 1e-6 token
	Items     string        `json:"items"`
	Time      uint64        `json:"time"`      // seconds
	Expiry    uint64        `json:"expiry"`    // seconds
	Signature hexutil.Bytes `json:"signature"` // r 32, s 32, recovery id
}

// Receipt is a receipt that a terminal signed for a card's payment.
type Receipt struct {
	Card      common.Address `json:"card"`
	Counter   uint32         `json:"counter"`
	Amount    uint64         `json:"amount"`    // what the receipt says, in 1e-6 token
	Signature hexutil.Bytes  `json:"signature"` // r 32, s 32, recovery id
}

// ErrNoEvidence says that something proves nothing, and why.
var ErrNoEvidence = errors.New("this proves nothing")

// maxEvidence bounds the text of evidence, in bytes.
const maxEvidence = 64 << 10

// ParseEvidence reads evidence. Names that it does not know are errors: a misspelt one would be left out silently.
func ParseEvidence(text []byte) (e Evidence, err error) {
	if len(text) > maxEvidence {
		return e, fmt.Errorf("%w: more than %d bytes", ErrNoEvidence, maxEvidence)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, fmt.Errorf("%w: %w", ErrNoEvidence, err)
	}
	if (len(e.Offers) == 2) == (e.Receipt != nil) || e.Receipt != nil && len(e.Offers) != 0 {
		return e, fmt.Errorf("%w: it takes two offers, or one receipt", ErrNoEvidence)
	}
	return e, nil
}

// Convict proves evidence to the contract, for a tenth of what is slashed. Without a key it is only asked whether the contract
// would take it. Follow or Round comes before it.
func (m *Monitor) Convict(ctx context.Context, k *vault.Key, e Evidence) (Finding, error) {
	found := Finding{Kind: "proven", Merchant: e.Merchant}
	var err error
	if e.Receipt != nil {
		found.Why = "a receipt says another amount than was paid"
		found.Leaf, err = m.wrongReceipt(ctx, k, e)
	} else {
		found.Why = "two different offers have one id, and one of them was paid"
		found.Leaf, err = m.twoOffers(ctx, k, e)
	}
	if k == nil {
		found.Kind = "provable"
	}
	return found, err
}

func (m *Monitor) twoOffers(ctx context.Context, k *vault.Key, e Evidence) (*common.Hash, error) {
	x, y := e.Offers[0], e.Offers[1]
	if !bytes.Equal(x.ID, y.ID) || len(x.ID) != 16 || e.offer(x) == e.offer(y) {
		return nil, fmt.Errorf("%w: the offers are the same, or have two ids, or none of 16 bytes", ErrNoEvidence)
	}
	hx, hy := m.v.Hash(e.offer(x)), m.v.Hash(e.offer(y))
	leaf, ok := m.settled(e.Merchant, func(p payment) bool { return p.Offer == hx })
	if !ok {
		if leaf, ok = m.settled(e.Merchant, func(p payment) bool { return p.Offer == hy }); !ok {
			return nil, fmt.Errorf("%w: neither of the offers was paid on a day that can be proven", ErrNoEvidence)
		}
		x, y = y, x
	}
	first, err := m.signedOffer(e, x)
	if err != nil {
		return nil, err
	}
	second, err := m.signedOffer(e, y)
	if err != nil {
		return nil, err
	}
	p, proof, err := m.Prove(leaf)
	if err != nil {
		return nil, err
	}
	terminal := vault.Terminal{Key: e.Terminal, Certificate: e.Certificate}
	_, err = m.v.ProveTwoOffers(ctx, k, p, proof, terminal, first, second)
	return &leaf, err
}

func (m *Monitor) wrongReceipt(ctx context.Context, k *vault.Key, e Evidence) (*common.Hash, error) {
	r := e.Receipt
	var what payment
	leaf, ok := m.settled(e.Merchant, func(p payment) bool {
		what = p
		return p.Card == r.Card && p.Counter == r.Counter && !p.pull()
	})
	if !ok || what.Amount == r.Amount {
		return nil, fmt.Errorf("%w: the receipt is right, or for no payment of a day that can be proven", ErrNoEvidence)
	}
	s, err := signedBy(e.Terminal, m.v.ReceiptHash(m.digest(e.Merchant, what), r.Amount), r.Signature)
	if err != nil {
		return nil, err
	}
	p, proof, err := m.Prove(leaf)
	if err != nil {
		return nil, err
	}
	terminal := vault.Terminal{Key: e.Terminal, Certificate: e.Certificate}
	_, err = m.v.ProveWrongReceipt(ctx, k, p, proof, terminal, r.Amount, s[0], s[1])
	return &leaf, err
}

// settled finds the first payment to a merchant that is the one.
func (m *Monitor) settled(merchant common.Address, is func(payment) bool) (common.Hash, bool) {
	for _, number := range sorted(m.s.Days[merchant]) {
		for _, l := range m.s.Days[merchant][number].Links {
			for _, p := range l.Payments {
				if is(p) {
					return p.Leaf, true
				}
			}
		}
	}
	return common.Hash{}, false
}

// offer is an offer in full. Its id has 16 bytes.
func (e Evidence) offer(o Offer) vault.Offer {
	return vault.Offer{ID: [16]byte(o.ID), Merchant: e.Merchant, Terminal: e.Terminal, Amount: o.Amount, Items: o.Items,
		Time: o.Time, Expiry: o.Expiry}
}

// signedOffer checks the terminal's signature and gives the offer as the contracts take it.
func (m *Monitor) signedOffer(e Evidence, o Offer) (vault.SignedOffer, error) {
	full := e.offer(o)
	s, err := signedBy(e.Terminal, m.v.Hash(full), o.Signature)
	return vault.SignedOffer{Id: full.ID, Amount: full.Amount, Rest: full.Rest(), R: s[0], Vs: s[1]}, err
}

// signedBy checks a signature and gives it as the contracts take it: r, and s with the recovery id.
func signedBy(who common.Address, digest [32]byte, signature []byte) (out [2][32]byte, err error) {
	if len(signature) == 65 {
		s := bytes.Clone(signature)
		if s[64] >= 27 {
			s[64] -= 27
		}
		if pub, bad := crypto.SigToPub(digest[:], s); bad == nil && crypto.PubkeyToAddress(*pub) == who {
			out[0], out[1] = vault.Compact([32]byte(s), [32]byte(s[32:]), s[64])
			return out, nil
		}
	}
	return out, fmt.Errorf("%w: a signature is not the one of terminal %s", ErrNoEvidence, who)
}
