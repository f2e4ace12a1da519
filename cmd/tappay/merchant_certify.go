package main

import (
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

// certified is the result of "merchant certify".
type certified struct {
	Merchant    common.Address `json:"merchant"`
	Terminal    common.Address `json:"terminal"`
	Certificate hexutil.Bytes  `json:"certificate"`
}

// Text prints it.
func (c certified) Text(w io.Writer) {
	cli.Rows(w, "merchant", c.Merchant.Hex(), "terminal", c.Terminal.Hex(), "certificate", c.Certificate.String())
}

func newMerchantCertify(a *app) *cobra.Command {
	var keyFile, terminal string
	c := &cobra.Command{Use: "certify", Short: "Certify a terminal's key, so that its offers are the merchant's", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, err := address("terminal", terminal)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				certificate, err := v.Certify(k, t)
				if err != nil {
					return err
				}
				return a.Print(certified{k.Address, t, certificate})
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the merchant")
	c.Flags().StringVar(&terminal, "terminal", "", "`ADDRESS` of the terminal's key")
	return c
}
