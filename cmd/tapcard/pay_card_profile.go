package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

func newPayProfile(a *app, f *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "profile", Short: "Name the purses that the card pays from, with limits of their own"}
	c.AddCommand(newPayProfileShow(a, f), newPayProfileSet(a, f), newPayProfileDelete(a, f))
	return c
}

// parseProfile reads a profile's number.
func parseProfile(text string) (byte, error) {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil || n >= paywire.Profiles {
		return 0, cli.UsageError{Err: fmt.Errorf("%q is no profile: they are numbered 0 to %d", cli.Printable(text), paywire.Profiles-1)}
	}
	return byte(n), nil
}

// onProfile makes a command about one profile.
func (a *app) onProfile(f *payFlags, use, short string, do func(context.Context, *paycard.Session, byte) error) *cobra.Command {
	return &cobra.Command{
		Use:   use + " N",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := parseProfile(args[0])
			if err != nil {
				return err
			}
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error { return do(c.Context(), s, n) })
		},
	}
}

func newPayProfileShow(a *app, f *payFlags) *cobra.Command {
	return a.onProfile(f, "show", "Show a profile and what it has spent", func(ctx context.Context, s *paycard.Session, n byte) error {
		p, err := s.Profile(ctx, n)
		if err != nil {
			return err
		}
		return a.Print(newPayProfileResult(n, p))
	})
}

func newPayProfileDelete(a *app, f *payFlags) *cobra.Command {
	const short = "Delete a profile: the card pays from its purse no more"
	return a.onProfile(f, "delete", short, func(ctx context.Context, s *paycard.Session, n byte) error {
		if err := s.DeleteProfile(ctx, n); err != nil {
			return err
		}
		return a.Print(cli.Done{Done: fmt.Sprintf("profile %d is deleted", n)})
	})
}

// profileFlags are the flags of "profile set".
type profileFlags struct {
	chain                            uint64
	vault, token, single, velocity   string
	offlineCount                     uint16
	offlineSum, offlineSingle, touch string
}

const payProfileLong = `A profile is a purse (chain, vault contract, token) with limits of its own. Amounts are in the token, with at most six
decimals, or "none".

The offline allowance is what the card may pay without the approval service, until an approval refills it; it is nothing
unless you say so. With --touch N profile N takes this one's place while the card's button is touched; N must be set
before, with --touch only.`

func newPayProfileSet(a *app, f *payFlags) *cobra.Command {
	var p profileFlags
	c := a.onProfile(f, "set", "Set a profile", func(ctx context.Context, s *paycard.Session, n byte) error {
		profile, err := p.parse()
		if err != nil {
			return err
		}
		if err := s.SetProfile(ctx, n, profile); err != nil {
			return err
		}
		now, err := s.Profile(ctx, n)
		if err != nil {
			return err
		}
		return a.Print(newPayProfileResult(n, now))
	})
	c.Long = payProfileLong
	c.Example = "  tapcard pay-card profile set 0 --chain 31337 --vault 0x... --token 0x... --single 20 --velocity 100"
	v := c.Flags()
	v.Uint64Var(&p.chain, "chain", 0, "chain ID")
	v.StringVar(&p.vault, "vault", "", "`ADDRESS` of the vault contract")
	v.StringVar(&p.token, "token", "", "`ADDRESS` of the token")
	v.StringVar(&p.single, "single", "0", "in one payment at most")
	v.StringVar(&p.velocity, "velocity", "0", "within the window at most, all profiles of this purse together")
	v.Uint16Var(&p.offlineCount, "offline-count", 0, "payments without approval")
	v.StringVar(&p.offlineSum, "offline-sum", "0", "their sum")
	v.StringVar(&p.offlineSingle, "offline-single", "0", "and each")
	v.StringVar(&p.touch, "touch", noLimit, `none, "only" (works while touched), or the number of the profile that a touch chooses`)
	for _, name := range []string{"chain", "vault", "token", "single", "velocity"} {
		c.MarkFlagRequired(name)
	}
	return c
}

func (f profileFlags) parse() (p paywire.Profile, err error) {
	p.Purse.Chain, p.OfflineCount = f.chain, f.offlineCount
	for _, v := range []struct {
		name, text string
		to         *paywire.Address
	}{{"vault", f.vault, &p.Purse.Vault}, {"token", f.token, &p.Purse.Token}} {
		if *v.to, err = parsePayAddress(v.name, v.text); err != nil {
			return p, err
		}
	}
	for _, v := range []struct {
		name, text string
		to         *uint64
	}{{"single", f.single, &p.Single}, {"velocity", f.velocity, &p.Velocity}, {"offline-sum", f.offlineSum, &p.OfflineSum},
		{"offline-single", f.offlineSingle, &p.OfflineSingle}} {
		if *v.to, err = parseAmount(v.name, v.text); err != nil {
			return p, err
		}
	}
	switch f.touch {
	case noLimit:
		p.Touch = paywire.NoTouch
	case "only":
		p.Touch = paywire.TouchOnly
	default:
		p.Touch, err = parseProfile(f.touch)
	}
	return p, err
}

// payProfile is the result of the commands about profiles.
type payProfile struct {
	Number        byte   `json:"number"`
	Chain         uint64 `json:"chain_id"`
	Vault         string `json:"vault"`
	Token         string `json:"token"`
	Hint          string `json:"hint"`
	Single        string `json:"single"`
	Velocity      string `json:"velocity"`
	Spent         string `json:"spent"`
	OfflineCount  uint16 `json:"offline_count"`
	OfflineUsed   uint16 `json:"offline_used"`
	OfflineSum    string `json:"offline_sum"`
	OfflineSpent  string `json:"offline_spent"`
	OfflineSingle string `json:"offline_single"`
	Touch         string `json:"touch"`
}

func newPayProfileResult(n byte, s paywire.ProfileStatus) payProfile {
	p, hint := s.Profile, s.Profile.Purse.Hint()
	touch := map[byte]string{paywire.NoTouch: noLimit, paywire.TouchOnly: "only"}[p.Touch]
	if p.Touch < paywire.Profiles {
		touch = strconv.Itoa(int(p.Touch))
	}
	return payProfile{n, p.Purse.Chain, p.Purse.Vault.String(), p.Purse.Token.String(), hex.EncodeToString(hint[:]), amountText(p.Single),
		amountText(p.Velocity), amountText(s.Spent), p.OfflineCount, s.OfflineCount, amountText(p.OfflineSum), amountText(s.OfflineSum),
		amountText(p.OfflineSingle), touch}
}

// Text prints it for people.
func (p payProfile) Text(w io.Writer) {
	fmt.Fprintf(w, "profile %d\tchain %d, vault %s, token %s\n", p.Number, p.Chain, p.Vault, p.Token)
	cli.Rows(w, "  in one payment", p.Single, "  in the window", fmt.Sprintf("%s, spent %s", p.Velocity, p.Spent))
	if p.OfflineCount > 0 {
		cli.Rows(w, "  without approval", fmt.Sprintf("%d of %d payments, %s of %s, each at most %s", p.OfflineUsed, p.OfflineCount,
			p.OfflineSpent, p.OfflineSum, p.OfflineSingle))
	}
	if p.Touch != noLimit {
		cli.Rows(w, "  touch", p.Touch)
	}
}
