package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

const purseLong = `A purse is what one card pays from: a balance with limits, in the vault. Its owner can tighten, freeze or revoke at once; whatever
loosens, and taking money out, is asked for first, waits, and is then carried out by anybody with "purse execute".

Anybody can see a purse's balance on the chain: keep it small.`

func newPurse(a *app) *cobra.Command {
	c := &cobra.Command{Use: "purse", Short: "Open a card's purse, fill it, and decide what it may pay", Long: purseLong}
	c.AddCommand(newPurseOpen(a), newPurseDeposit(a), newPurseStatus(a))
	for _, x := range purseActions {
		c.AddCommand(newPurseAction(a, x))
	}
	c.AddCommand(newStopMandate(a))
	return c
}

// settingsFlags are the flags that describe a purse's settings.
type settingsFlags struct {
	perPayment, daily, monthly string
	cooldown                   uint64
	attested                   bool
}

func (s *settingsFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.perPayment, "per-payment", "20", "in one payment at most")
	f.StringVar(&s.daily, "daily", "50", "in a day (UTC) at most")
	f.StringVar(&s.monthly, "monthly", "500", "in thirty days at most")
	f.Uint64Var(&s.cooldown, "cooldown", 0, "blocks between two payments, a multiple of 8")
	f.BoolVar(&s.attested, "attested", false, "pay attested merchants only")
}

func (s *settingsFlags) parse() (out vault.Settings, err error) {
	for _, v := range []struct {
		flag, text string
		to         *uint64
	}{{"per-payment", s.perPayment, &out.PerPayment}, {"daily", s.daily, &out.Daily}, {"monthly", s.monthly, &out.Monthly}} {
		if *v.to, err = amount(v.flag, v.text); err != nil {
			return out, err
		}
	}
	out.Cooldown, out.Attested = s.cooldown, s.attested
	if _, err := out.Word(); err != nil {
		return out, cli.UsageError{Err: err}
	}
	return out, nil
}

func newPurseOpen(a *app) *cobra.Command {
	var keyFile, proof string
	var s settingsFlags
	c := &cobra.Command{
		Use:   "open",
		Short: "Open a purse for a card",
		Long: `Opens a purse for the card that made the proof, for the owner whose key this is. The card makes the proof in its owner's hands:

  tapcard --json pay-card bind 0 --owner ADDRESS > bind.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			settings, err := s.parse()
			if err != nil {
				return err
			}
			card, signature, err := readProof(proof)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				if _, err := v.Open(c.Context(), k, card, settings, signature); err != nil {
					return err
				}
				return a.printPurse(c.Context(), v, card)
			})
		},
	}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the owner")
	c.Flags().StringVar(&proof, "proof", "", "`FILE` that \"tapcard --json pay-card bind\" printed")
	s.add(c)
	return c
}

// readProof reads what "tapcard --json pay-card bind" printed.
func readProof(path string) (card common.Address, s wire.Signature, err error) {
	if path == "" {
		return card, s, cli.Usage("--proof FILE is needed")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return card, s, err
	}
	var proof struct {
		Card      string `json:"card_address"`
		Signature string `json:"signature"`
	}
	if err := json.Unmarshal(text, &proof); err != nil {
		return card, s, fmt.Errorf("%s: %w", path, err)
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(proof.Signature, "0x"))
	if err == nil {
		s, err = wire.ParseSignature(raw)
	}
	if err != nil {
		return card, s, fmt.Errorf("%s: the signature: %w", path, err)
	}
	card, err = address("proof", proof.Card)
	return card, s, err
}

func newPurseDeposit(a *app) *cobra.Command {
	var keyFile, card, text string
	c := &cobra.Command{Use: "deposit", Short: "Put tokens of the key's account into a purse", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		at, err := address("card", card)
		if err != nil {
			return err
		}
		n, err := amount("amount", text)
		if err != nil {
			return err
		}
		return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
			if _, err := v.Deposit(c.Context(), k, at, n); err != nil {
				return err
			}
			return a.printPurse(c.Context(), v, at)
		})
	}}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of who pays")
	f.StringVar(&card, "card", "", "`ADDRESS` of the card")
	f.StringVar(&text, "amount", "", "in the token")
	return c
}

func newPurseStatus(a *app) *cobra.Command {
	return &cobra.Command{Use: "status CARD", Short: "Show a card's purse", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		card, err := address("card", args[0])
		if err != nil {
			return err
		}
		v, err := a.openVault(c.Context())
		if err != nil {
			return err
		}
		return a.printPurse(c.Context(), v, card)
	}}
}

// purseShown is the result of the commands about purses.
type purseShown struct {
	Card       common.Address `json:"card"`
	Owner      common.Address `json:"owner"`
	State      string         `json:"state"` // open, frozen, revoked
	Balance    string         `json:"balance"`
	Available  string         `json:"available"`
	PerPayment string         `json:"per_payment"`
	Daily      string         `json:"daily"`
	Monthly    string         `json:"monthly"`
	SpentDay   string         `json:"spent_day"`
	SpentMonth string         `json:"spent_month"`
	Cooldown   uint64         `json:"cooldown_blocks"`
	Attested   bool           `json:"attested_only"`
	Counter    uint32         `json:"counter"`
	Approver   string         `json:"approver,omitempty"`
	Phone      string         `json:"phone,omitempty"`
	Recovery   string         `json:"recovery,omitempty"`
}

func (a *app) printPurse(ctx context.Context, v *vault.Vault, card common.Address) error {
	p, err := v.Purse(ctx, card)
	if err != nil {
		return err
	}
	if !p.Active {
		return cli.Hinted{Err: fmt.Errorf("%s has no purse in this vault", card), Hint: `"tappay purse open" opens one`}
	}
	state := "open"
	if p.Frozen {
		state = "frozen"
	}
	if p.Revoked {
		state = "revoked"
	}
	text := paycard.AmountText
	return a.Print(purseShown{card, p.Owner, state, text(p.Balance), text(p.Available), text(p.PerPayment), text(p.Daily), text(p.Monthly),
		text(p.SpentDay), text(p.SpentMonth), p.Cooldown, p.Attested, p.Counter, given(p.Approver), given(p.Phone), given(p.Recover)})
}

// given is an address, or nothing for the zero address.
func given(a common.Address) string {
	if a == (common.Address{}) {
		return ""
	}
	return a.Hex()
}

// Text prints it.
func (p purseShown) Text(w io.Writer) {
	cli.Rows(w, "card", p.Card.Hex(), "owner", p.Owner.Hex(), "state", p.State, "balance", p.Balance+", "+p.Available+" available",
		"limits", fmt.Sprintf("%s in one payment, %s a day, %s in thirty days", p.PerPayment, p.Daily, p.Monthly),
		"spent", fmt.Sprintf("%s on its last day, %s in its last month", p.SpentDay, p.SpentMonth), "last counter", fmt.Sprint(p.Counter),
		"approver", p.Approver, "phone", p.Phone, "recovery key", p.Recovery)
	if p.Cooldown > 0 {
		fmt.Fprintf(w, "cooldown\t%d blocks\n", p.Cooldown)
	}
	if p.Attested {
		fmt.Fprintln(w, "pays\tattested merchants only")
	}
}
