package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

const purseLong = `A purse is what one card pays from: a balance with limits, in the vault. Its owner can tighten, freeze or revoke at once; whatever
loosens, and taking money out, is asked for first, waits, and is then carried out by anybody with the same command and --execute.

Anybody can see a purse's balance on the chain: keep it small.`

func newPurse(a *app) *cobra.Command {
	c := &cobra.Command{Use: "purse", Short: "Open a card's purse, fill it, and decide what it may pay", Long: purseLong}
	c.AddCommand(newPurseOpen(a), newPurseDeposit(a), newPurseStatus(a), newPurseClaimGift(a))
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
	Seasoned   bool           `json:"seasoned"` // its disputes count
	Gift       string         `json:"gift_until,omitempty"`
	Delay      uint16         `json:"delay_hours,omitempty"` // the owner's own
	Request    string         `json:"request,omitempty"`     // what was asked for just now: "purse cancel" takes it back
	Approver   string         `json:"approver,omitempty"`
	Phone      string         `json:"phone,omitempty"`
	Recovery   string         `json:"recovery,omitempty"`
}

func (a *app) printPurse(ctx context.Context, v *vault.Vault, card common.Address) error {
	shown, err := showPurse(ctx, v, card)
	if err != nil {
		return err
	}
	return a.Print(shown)
}

func showPurse(ctx context.Context, v *vault.Vault, card common.Address) (purseShown, error) {
	p, err := v.Purse(ctx, card)
	if err != nil {
		return purseShown{}, err
	}
	if !p.Active {
		return purseShown{}, cli.Hinted{Err: fmt.Errorf("%s has no purse in this vault", card), Hint: `"tappay purse open" opens one`}
	}
	state := "open"
	if p.Frozen {
		state = "frozen"
	}
	if p.Revoked {
		state = "revoked"
	}
	text := paycard.AmountText
	return purseShown{Card: card, Owner: p.Owner, State: state, Balance: text(p.Balance), Available: text(p.Available),
		PerPayment: text(p.PerPayment), Daily: text(p.Daily), Monthly: text(p.Monthly), SpentDay: text(p.SpentDay),
		SpentMonth: text(p.SpentMonth), Cooldown: p.Cooldown, Attested: p.Attested, Counter: p.Counter, Seasoned: p.Seasoned,
		Gift: giftUntil(p), Delay: p.DelayHours, Approver: given(p.Approver), Phone: given(p.Phone), Recovery: given(p.Recover)}, nil
}

// giftUntil is the time until which a purse can be claimed as a gift, or nothing.
func giftUntil(p vault.Purse) string {
	if p.GiftUntil == 0 {
		return ""
	}
	return time.Unix(int64(p.GiftUntil), 0).UTC().Format(time.RFC3339)
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
		"a gift until", p.Gift, "asked for", p.Request, "approver", p.Approver, "phone", p.Phone, "recovery key", p.Recovery)
	if p.Cooldown > 0 {
		fmt.Fprintf(w, "cooldown\t%d blocks\n", p.Cooldown)
	}
	if p.Delay > 0 {
		fmt.Fprintf(w, "loosening takes\t%d hours\n", p.Delay)
	}
	if p.Attested {
		fmt.Fprintln(w, "pays\tattested merchants only")
	}
}
