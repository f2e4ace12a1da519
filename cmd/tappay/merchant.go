package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

const merchantLong = `A merchant is an account with a stake in the vault: what it may take before payments can no longer be disputed is bounded by
that stake. Its money matures after the window, and "claim" pays it out.`

func newMerchant(a *app) *cobra.Command {
	c := &cobra.Command{Use: "merchant", Short: "Register a merchant, and look after its stake and money", Long: merchantLong}
	c.AddCommand(newMerchantRegister(a), newMerchantStatus(a), newMerchantStake(a), newMerchantCertify(a),
		newMerchantRefund(a), newMerchantAdvance(a), newMerchantDescribe(a), newMerchantAttest(a),
		newMerchantDo(a, "claim", "Pay out what can no longer be disputed", func(ctx context.Context, v *vault.Vault, k *vault.Key) (*types.Receipt, error) {
			return v.Claim(ctx, k, k.Address)
		}),
		newMerchantDo(a, "close", "Take no more payments", func(ctx context.Context, v *vault.Vault, k *vault.Key) (*types.Receipt, error) {
			return v.CloseMerchant(ctx, k)
		}),
		newMerchantDo(a, "withdraw", "Take the stake back, after \"close\" and when nothing is open any more",
			func(ctx context.Context, v *vault.Vault, k *vault.Key) (*types.Receipt, error) {
				return v.WithdrawStake(ctx, k)
			}))
	return c
}

// newMerchantDo makes a command that the merchant's key sends.
func newMerchantDo(a *app, use, short string, do func(context.Context, *vault.Vault, *vault.Key) (*types.Receipt, error)) *cobra.Command {
	var keyFile string
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
			if _, err := do(c.Context(), v, k); err != nil {
				return err
			}
			return a.printMerchant(c.Context(), v, k.Address)
		})
	}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	return c
}

// withKey opens the vault and a key file for what needs both.
func (a *app) withKey(ctx context.Context, file string, do func(*vault.Vault, *vault.Key) error) error {
	k, err := a.readKey("key-file", file)
	if err != nil {
		return err
	}
	defer k.Destroy()
	v, err := a.openVault(ctx)
	if err != nil {
		return err
	}
	return do(v, k)
}

func newMerchantRegister(a *app) *cobra.Command {
	var keyFile, name, stake, payout string
	c := &cobra.Command{
		Use:   "register",
		Short: "Register a merchant",
		Long: `Registers the key's account as a merchant. Only a hash of the record, its name and address in full, goes on the chain; buyers can
check the record against it. Money is paid out to --payout, or to the merchant's own account.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := amount("stake", stake)
			if err != nil {
				return err
			}
			if name == "" {
				return cli.Usage("--name is needed: name and legal address")
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				to := k.Address
				if payout != "" {
					if to, err = address("payout", payout); err != nil {
						return err
					}
				}
				if _, err := v.Register(c.Context(), k, sha256.Sum256([]byte(name)), to, n); err != nil {
					return err
				}
				return a.printMerchant(c.Context(), v, k.Address)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	f.StringVar(&name, "name", "", "the record: name and legal address")
	f.StringVar(&stake, "stake", "", "stake, in the token")
	f.StringVar(&payout, "payout", "", "`ADDRESS` that money is paid out to")
	return c
}

func newMerchantStake(a *app) *cobra.Command {
	var keyFile, more, merchant string
	c := &cobra.Command{Use: "stake", Short: "Add to a merchant's stake", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		n, err := amount("amount", more)
		if err != nil {
			return err
		}
		return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
			who := k.Address
			if merchant != "" {
				if who, err = address("merchant", merchant); err != nil {
					return err
				}
			}
			if _, err := v.AddStake(c.Context(), k, who, n); err != nil {
				return err
			}
			return a.printMerchant(c.Context(), v, who)
		})
	}}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of who pays")
	f.StringVar(&more, "amount", "", "in the token")
	f.StringVar(&merchant, "merchant", "", "`ADDRESS` of the merchant, if it is not the key's")
	return c
}

func newMerchantStatus(a *app) *cobra.Command {
	return &cobra.Command{Use: "status ADDRESS", Short: "Show a merchant's stake, money and record", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			who, err := address("merchant", args[0])
			if err != nil {
				return err
			}
			v, err := a.openVault(c.Context())
			if err != nil {
				return err
			}
			return a.printMerchant(c.Context(), v, who)
		}}
}

// merchantShown is the result of the commands about merchants.
type merchantShown struct {
	Address    common.Address `json:"address"`
	Registered bool           `json:"registered"`
	Closing    bool           `json:"closing"`
	Stake      string         `json:"stake"`
	Room       string         `json:"room"`
	Unmatured  string         `json:"unmatured"`
	Free       string         `json:"free"`
	Advanced   string         `json:"advanced"`
	Leverage   float64        `json:"leverage"`
	Good       string         `json:"good"`
	Bad        string         `json:"bad"`
	OpenCases  uint16         `json:"open_cases"`
	Lost       uint16         `json:"lost_cases"`
}

func (a *app) printMerchant(ctx context.Context, v *vault.Vault, who common.Address) error {
	m, err := v.Merchant(ctx, who)
	if err != nil {
		return err
	}
	if !m.Registered {
		return fmt.Errorf("%s is no merchant of this vault", who)
	}
	text := paycard.AmountText
	return a.Print(merchantShown{who, m.Registered, m.Closing, text(m.Stake), text(m.Room), text(m.Unmatured), text(m.Free), text(m.Advanced),
		float64(m.Leverage) / 16, text(m.Good), text(m.Bad), m.OpenCases, m.Lost})
}

// Text prints it.
func (m merchantShown) Text(w io.Writer) {
	cli.Rows(w, "merchant", m.Address.Hex(), "stake", m.Stake, "may take today", m.Room, "not matured yet", m.Unmatured, "free", m.Free,
		"paid in advance", m.Advanced, "leverage", fmt.Sprint(m.Leverage), "record", fmt.Sprintf("good %s, bad %s", m.Good, m.Bad),
		"cases", fmt.Sprintf("%d open, %d lost", m.OpenCases, m.Lost))
	if m.Closing {
		fmt.Fprintln(w, "takes no more payments")
	}
}
