package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

func newMerchantRefund(a *app) *cobra.Command {
	var keyFile, text string
	var s stateFlags
	var p paymentFlags
	c := &cobra.Command{Use: "refund", Short: "Give a payment back, in whole or in part", Args: cobra.NoArgs,
		Long: `Gives a payment back to the purse that paid it, out of the merchant's money that has not matured; the fee is burned
out of the stake. It can be done from the day after the payment on, until its window is over. A payment that is disputed is not refunded: "tappay dispute concede"
gives in.`,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer k.Destroy()
			return a.refund(c.Context(), s, p, k, text)
		}}
	s.add(c.Flags())
	p.add(c.Flags())
	c.Flags().StringVar(&text, "amount", "", "of it, in the token (default: all that was not given back)")
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	return c
}

func (a *app) refund(ctx context.Context, s stateFlags, f paymentFlags, k *vault.Key, text string) error {
	m, v, err := a.followed(ctx, s)
	if err != nil {
		return err
	}
	p, err := f.find(m)
	if err != nil {
		return err
	}
	if p.Merchant != k.Address {
		return fmt.Errorf("the payment went to merchant %s, and the key is %s: only who got a payment gives it back",
			p.Merchant, k.Address)
	}
	if err := openable(ctx, m, v, p); err != nil {
		return err
	}
	before, err := v.CaseOf(ctx, p.Leaf, nil)
	if err != nil {
		return err
	}
	left := p.Amount - before.Refunded.Uint64()
	n := left
	if text != "" {
		if n, err = amount("amount", text); err != nil {
			return err
		}
	}
	if n == 0 || n > left {
		return cli.Usage("--amount: of this payment %s can be given back", paycard.AmountText(left))
	}
	payment, proof, err := m.Prepare(ctx, k, p.Leaf)
	if err != nil {
		return err
	}
	if _, err := v.Refund(ctx, k, payment, proof, n); err != nil {
		return unproven(err)
	}
	return a.Print(newRefunded(p, n, left-n))
}

// refunded is the result of "merchant refund".
type refunded struct {
	Leaf   common.Hash    `json:"leaf"`
	Card   common.Address `json:"card"`
	Amount string         `json:"amount"`
	Left   string         `json:"left"` // of the payment
}

func newRefunded(p monitor.Paid, n, left uint64) refunded {
	return refunded{p.Leaf, p.Card, paycard.AmountText(n), paycard.AmountText(left)}
}

// Text prints it.
func (r refunded) Text(w io.Writer) {
	cli.Rows(w, "given back", r.Amount, "to card", r.Card.Hex(), "left of the payment", r.Left)
}

func newMerchantAdvance(a *app) *cobra.Command {
	var keyFile, text string
	c := &cobra.Command{Use: "advance", Short: "Pay out money before it matured, against the stake", Args: cobra.NoArgs,
		Long: `Pays out money that has not matured: at most that, and at most the stake that is not advanced already. Cases that
weigh against the merchant are in the way, and the fee is burned as always. What is advanced does not vouch for anything: the room
for payments shrinks until it matured.`,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := amount("amount", text)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				if _, err := v.Advance(c.Context(), k, n); err != nil {
					return err
				}
				return a.printMerchant(c.Context(), v, k.Address)
			})
		}}
	c.Flags().StringVar(&text, "amount", "", "in the token")
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	return c
}

func newMerchantDescribe(a *app) *cobra.Command {
	var keyFile, name, payout string
	c := &cobra.Command{Use: "describe", Short: "Change a merchant's record, and where its money goes", Args: cobra.NoArgs,
		Long: `Changes both: the record, of which a hash goes on the chain, and the account that money is paid out to. What others
attested was the old record: have the new one attested again.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if name == "" {
				return cli.Usage("--name is needed: name and legal address")
			}
			to, err := address("payout", payout)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				if _, err := v.Describe(c.Context(), k, sha256.Sum256([]byte(name)), to); err != nil {
					return err
				}
				return a.printMerchant(c.Context(), v, k.Address)
			})
		}}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	f.StringVar(&name, "name", "", "the record: name and legal address")
	f.StringVar(&payout, "payout", "", "`ADDRESS` that money is paid out to")
	return c
}

func newMerchantAttest(a *app) *cobra.Command {
	var keyFile, attesterKey, merchant, name string
	c := &cobra.Command{Use: "attest", Short: "Vouch for a merchant's record", Args: cobra.NoArgs,
		Long: `Signs that the record of a merchant, name and legal address, is the one given here, and carries that to the vault.
Purses that name this attester and pay attested merchants only can pay it then. Look at the papers before.`,
		RunE: func(c *cobra.Command, _ []string) error {
			who, err := address("merchant", merchant)
			if err != nil {
				return err
			}
			if name == "" {
				return cli.Usage("--name is needed: the record that was looked at")
			}
			attester, err := a.readKey("attester-key", attesterKey)
			if err != nil {
				return err
			}
			defer attester.Destroy()
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				return a.attest(c.Context(), v, k, attester, who, name)
			})
		}}
	f := c.Flags()
	f.StringVar(&merchant, "merchant", "", "`ADDRESS` of the merchant")
	f.StringVar(&name, "name", "", "its record, just as it registered it")
	f.StringVar(&attesterKey, "attester-key", "", "key `FILE` of the attester, who signs")
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	return c
}

func (a *app) attest(ctx context.Context, v *vault.Vault, k, attester *vault.Key, merchant common.Address, name string) error {
	m, err := v.Merchant(ctx, merchant)
	if err == nil && !m.Registered {
		err = fmt.Errorf("%s is no merchant of this vault", merchant)
	}
	if err != nil {
		return err
	}
	signature, err := v.SignAttest(attester, merchant, sha256.Sum256([]byte(name)))
	if err != nil {
		return err
	}
	_, err = v.Attest(ctx, k, merchant, attester.Address, signature)
	var refused *vault.Refused
	if errors.As(err, &refused) && refused.Name == "WrongSigner" {
		return fmt.Errorf("the merchant's record is another one than %q", cli.Printable(name))
	}
	if err != nil {
		return err
	}
	return a.Print(attested{merchant, attester.Address})
}

// attested is the result of "merchant attest".
type attested struct {
	Merchant common.Address `json:"merchant"`
	Attester common.Address `json:"attester"`
}

// Text prints it.
func (t attested) Text(w io.Writer) { fmt.Fprintf(w, "%s vouches for %s\n", t.Attester, t.Merchant) }
