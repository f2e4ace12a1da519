package main

import (
	"fmt"
	"math/big"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

func newTestMoney(a *app) *cobra.Command {
	var keyFile, to, tokens string
	var milliether uint64
	c := &cobra.Command{
		Use:   "test-money",
		Short: "Give an account test dollars out of nothing, and ether of the key's: for test chains",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			who, err := address("to", to)
			if err != nil {
				return err
			}
			n, err := amount("amount", tokens)
			if err != nil {
				return err
			}
			key, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer key.Destroy()
			v, err := a.openVault(c.Context())
			if err != nil {
				return err
			}
			dollar, err := vault.PlanTestDollar()
			if err != nil {
				return err
			}
			if dollar.Address != v.Params.Token {
				return cli.Hinted{Err: fmt.Errorf("the vault's token %s cannot be made out of nothing", v.Params.Token),
					Hint: "that of \"tappay deploy --test-token\" can"}
			}
			if milliether > 0 {
				wei := new(big.Int).Mul(new(big.Int).SetUint64(milliether), big.NewInt(1e15))
				if err := v.Give(c.Context(), key, who, wei); err != nil {
					return err
				}
			}
			if _, err := v.Mint(c.Context(), key, v.Params.Token, who, n); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: fmt.Sprintf("%s has %s more test dollars", who, tokens)})
		},
	}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for it")
	f.StringVar(&to, "to", "", "`ADDRESS` of who gets it")
	f.StringVar(&tokens, "amount", "100", "test dollars")
	f.Uint64Var(&milliether, "milliether", 100, "thousandths of an ether, for gas")
	return c
}
