package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

const deployLong = `Deploys a vault with its libraries, at addresses that follow from code and parameters alone: the same parameters give the
same vault, and nobody can change it afterwards. What is there already is left, so an interrupted deployment goes on.

The parameters are the simulator's choice ("tappay sim") unless --params names a JSON file with others; --print shows them, and
where the contracts would be, without doing anything.`

func newDeploy(a *app) *cobra.Command {
	var keyFile, token, params string
	var test, show bool
	var salt saltFlags
	c := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy the payment contracts",
		Long:  deployLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, steps, err := plan(token, params, test, salt)
			if err != nil {
				return err
			}
			if show {
				return a.Print(planned{p, steps})
			}
			key, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer key.Destroy()
			chain, err := a.openChain(c.Context())
			if err != nil {
				return err
			}
			err = chain.Deploy(c.Context(), key, steps, func(s vault.Step, was bool) {
				a.Say("%s at %s%s", s.Name, s.Address, map[bool]string{true: ", already there"}[was])
			})
			if err != nil {
				return err
			}
			v, err := chain.Vault(c.Context(), steps[len(steps)-1].Address)
			if err != nil {
				return err
			}
			return a.remember(v)
		},
	}
	f := c.Flags()
	f.StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for it")
	f.StringVar(&token, "token", "", "`ADDRESS` of the token: ERC-20 with at least six decimals")
	f.BoolVar(&test, "test-token", false, "deploy a token too, which is worth nothing: anybody can make more of it")
	f.StringVar(&params, "params", "", "JSON `FILE` of parameters that are not the defaults")
	salt.add(f)
	f.BoolVar(&show, "print", false, "show parameters and addresses, and do nothing")
	return c
}

// maxParams bounds the file of parameters, in bytes.
const maxParams = 16 << 10

// plan works out what to deploy.
func plan(token, file string, test bool, salt saltFlags) (p vault.Params, steps []vault.Step, err error) {
	p = vault.Defaults()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return p, nil, err
		}
		d := json.NewDecoder(bytes.NewReader(text[:min(len(text), maxParams)]))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			return p, nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	switch {
	case test && token != "":
		return p, nil, cli.Usage("either --token or --test-token")
	case test:
		s, err := vault.PlanTestDollar()
		if err != nil {
			return p, nil, err
		}
		steps, p.Token = append(steps, s), s.Address
	case token != "" || p.Token == (common.Address{}):
		if p.Token, err = address("token", token); err != nil {
			return p, nil, err
		}
	}
	salted, err := salt.plan(&p)
	if err != nil {
		return p, nil, err
	}
	more, err := vault.Plan(p)
	return p, slices.Concat(steps, salted, more), err
}

// planned is the result of "deploy --print".
type planned struct {
	Params vault.Params `json:"params"`
	Steps  []vault.Step `json:"contracts"`
}

// Text prints it.
func (p planned) Text(w io.Writer) {
	text, _ := json.MarshalIndent(p.Params, "", "  ")
	fmt.Fprintf(w, "%s\n", text)
	for _, s := range p.Steps {
		fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Address)
	}
}
