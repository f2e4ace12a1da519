package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

const payProfileLong = `A profile is a purse (chain, vault, token) with limits of its own; a card has four, 0 to 3. Amounts are in tokens, with at
most 6 decimals, or "none".

  tapcard pay-card profile set 0 --chain 1 --vault 0x... --token 0x... --single 50 --velocity 200

"set" replaces the whole profile: a limit that is not named is 0 for offline payments and none otherwise.`

func newPayProfile(a *app, p *payFlags) *cobra.Command {
	c := &cobra.Command{Use: "profile", Short: "Show, set and delete profiles: what the card pays from, and how much", Long: payProfileLong}
	c.AddCommand(newPayProfileShow(a, p), newPayProfileSet(a, p), newPayProfileDelete(a, p))
	return c
}

func parseProfile(text string) (byte, error) {
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil || n >= wire.Profiles {
		return 0, usageError{fmt.Errorf("%q is no profile: they are numbered 0 to %d", text, wire.Profiles-1)}
	}
	return byte(n), nil
}

func newPayProfileShow(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show all profiles and what was spent",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				r := payProfiles{[]payProfile{}}
				for n := byte(0); n < wire.Profiles; n++ {
					st, err := s.Profile(c.Context(), n)
					if errors.Is(err, card.ErrNotFound) {
						continue
					}
					if err != nil {
						return err
					}
					r.Profiles = append(r.Profiles, newPayProfileResult(n, st))
				}
				return a.print(r)
			})
		},
	}
}

// payProfiles is the result of "profile show".
type payProfiles struct {
	Profiles []payProfile `json:"profiles"`
}

// payProfile is one profile and how it stands.
type payProfile struct {
	Profile          int        `json:"profile"`
	Chain            uint64     `json:"chain"`
	Vault            payAddress `json:"vault"`
	Token            payAddress `json:"token"`
	Single           payAmount  `json:"single"`
	Velocity         payAmount  `json:"velocity"`
	Spent            payAmount  `json:"spent"`
	OfflineCount     uint16     `json:"offline_count"`
	OfflineSum       payAmount  `json:"offline_sum"`
	OfflineSingle    payAmount  `json:"offline_single"`
	OfflineCountUsed uint16     `json:"offline_count_used"`
	OfflineSumUsed   payAmount  `json:"offline_sum_used"`
	Touch            string     `json:"touch"`
}

func newPayProfileResult(n byte, st wire.ProfileStatus) payProfile {
	p := st.Profile
	return payProfile{int(n), p.Purse.Chain, payAddress(p.Purse.Vault), payAddress(p.Purse.Token), payAmount(p.Single),
		payAmount(p.Velocity), payAmount(st.Spent), p.OfflineCount, payAmount(p.OfflineSum), payAmount(p.OfflineSingle),
		st.OfflineCount, payAmount(st.OfflineSum), touchText(p.Touch)}
}

func (r payProfiles) text(w io.Writer) {
	if len(r.Profiles) == 0 {
		fmt.Fprintln(w, `no profile is set; "tapcard pay-card profile set" says what the card pays from`)
	}
	for _, p := range r.Profiles {
		rows(w, "profile", fmt.Sprint(p.Profile), "chain", fmt.Sprint(p.Chain), "vault", p.Vault.String(), "token", p.Token.String(),
			"one payment at most", p.Single.String(), "in the window at most", p.Velocity.String(), "spent in the window", p.Spent.String(),
			"offline", fmt.Sprintf("%d of %d used; %v of %v; each %v at most", p.OfflineCountUsed, p.OfflineCount, p.OfflineSumUsed,
				p.OfflineSum, p.OfflineSingle), "touch button", p.Touch)
	}
}

func newPayProfileSet(a *app, p *payFlags) *cobra.Command {
	var chain uint64
	var vault, token payAddress
	var touch string
	var count uint16
	var sum, each payAmount
	single, velocity := payAmount(wire.NoLimit), payAmount(wire.NoLimit)
	c := &cobra.Command{Use: "set NUMBER", Short: "Set a profile", Long: payProfileLong, Args: cobra.ExactArgs(1)}
	f := c.Flags()
	f.Uint64Var(&chain, "chain", 0, "chain ID of the vault")
	f.Var(&vault, "vault", "contract that holds the money")
	f.Var(&token, "token", "contract of the vault's token")
	f.Var(&single, "single", "one payment at most")
	f.Var(&velocity, "velocity", "all payments of the purse within the guards' window at most")
	f.Uint16Var(&count, "offline-count", 0, "payments without an approval, until one refills")
	f.Var(&sum, "offline-sum", "and their sum")
	f.Var(&each, "offline-single", "and each of them")
	f.StringVar(&touch, "touch", "any", "the touch button: any, only (while touched), or the profile that it puts in this one's place")
	c.RunE = func(c *cobra.Command, args []string) error {
		n, err := parseProfile(args[0])
		if err != nil {
			return err
		}
		button, err := parseTouch(touch)
		if err != nil {
			return err
		}
		profile := wire.Profile{Purse: wire.Purse{Chain: chain, Vault: wire.Address(vault), Token: wire.Address(token)},
			Single: uint64(single), Velocity: uint64(velocity), OfflineCount: count, OfflineSum: uint64(sum),
			OfflineSingle: uint64(each), Touch: button}
		if _, err := wire.ParseProfile(profile.Append(nil)); err != nil {
			return usageError{errors.New("a profile has --chain, --vault and --token")}
		}
		return a.withPay(c.Context(), p, func(s *paycard.Session) error {
			if err := s.SetProfile(c.Context(), n, profile); err != nil {
				return err
			}
			return a.print(done{fmt.Sprintf("profile %d is set", n)})
		})
	}
	return c
}

func parseTouch(text string) (byte, error) {
	switch text {
	case "any":
		return wire.NoTouch, nil
	case "only":
		return wire.TouchOnly, nil
	}
	return parseProfile(text)
}

func touchText(t byte) string {
	switch t {
	case wire.NoTouch:
		return "any"
	case wire.TouchOnly:
		return "only"
	}
	return strconv.Itoa(int(t))
}

func newPayProfileDelete(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "delete NUMBER",
		Short: "Delete a profile: the card no longer pays from it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := parseProfile(args[0])
			if err != nil {
				return err
			}
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				if err := s.DeleteProfile(c.Context(), n); err != nil {
					return err
				}
				return a.print(done{fmt.Sprintf("profile %d is deleted", n)})
			})
		},
	}
}

func newPayBind(a *app, p *payFlags) *cobra.Command {
	var owner payAddress
	c := &cobra.Command{
		Use:   "bind NUMBER --owner ADDRESS",
		Short: "Have the card prove to a profile's vault that this owner holds it and knows its PIN",
		Args:  cobra.ExactArgs(1),
	}
	c.Flags().Var(&owner, "owner", "the owner's account at the vault")
	c.RunE = func(c *cobra.Command, args []string) error {
		n, err := parseProfile(args[0])
		if err != nil {
			return err
		}
		if owner == (payAddress{}) {
			return usageError{errors.New("--owner names the account that the card is bound to")}
		}
		return a.withPay(c.Context(), p, func(s *paycard.Session) error {
			signature, err := s.Bind(c.Context(), n, wire.Address(owner))
			if errors.Is(err, card.ErrNotFound) {
				return hinted{err, `set the profile first: "tapcard pay-card profile set"`}
			}
			if err != nil {
				return err
			}
			return a.print(payBound{s.Card().Info().Address.String(), owner, "0x" + hex.EncodeToString(signature.Append(nil))})
		})
	}
	return c
}

// payBound is the result of "pay-card bind".
type payBound struct {
	Card      string     `json:"card"`
	Owner     payAddress `json:"owner"`
	Signature string     `json:"signature"` // r 32, s 32, v 1: 0 to 3
}

func (r payBound) text(w io.Writer) {
	rows(w, "card", r.Card, "owner", r.Owner.String(), "signature", r.Signature)
}
