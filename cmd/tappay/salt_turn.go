package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

// turned is the result of "salt reveal" and "salt wake", and a line of "salt reveal --follow".
type turned struct {
	Done  string       `json:"done"` // "revealed", or "woke"
	Round uint64       `json:"round"`
	Block uint64       `json:"block"`
	Salt  *common.Hash `json:"salt"` // of the round; null: more operators have to reveal
	Tx    common.Hash  `json:"transaction"`
}

// Text prints it.
func (t turned) Text(w io.Writer) {
	did, salt := "revealed for", "it has no salt yet"
	if t.Done == "woke" {
		did = t.Done
	}
	if t.Salt != nil {
		salt = "its salt is " + t.Salt.Hex()
	}
	fmt.Fprintf(w, "%s round %d in block %d; %s\n", did, t.Round, t.Block, salt)
}

func shownTurn(t vault.Turn) turned {
	shown := turned{Done: "revealed", Round: t.Round, Block: t.Block, Tx: t.Tx}
	if t.Waking {
		shown.Done = "woke"
	}
	if salt := common.Hash(t.Salt); salt != (common.Hash{}) {
		shown.Salt = &salt
	}
	return shown
}

// saltHint says what to do about a transaction that is in no block.
const saltHint = `nothing is lost: "tappay salt status" says what became of it, and doing it again sends nothing twice`

// printTurn prints what a transaction did, or says why there is none.
func (a *app) printTurn(t vault.Turn, err error) error {
	if errors.Is(err, vault.ErrNotMined) {
		return cli.Hinted{Err: err, Hint: saltHint}
	}
	if err != nil {
		return err
	}
	return a.Print(shownTurn(t))
}

func newSaltWake(a *app) *cobra.Command {
	var keyFile string
	c := &cobra.Command{Use: "wake", Short: "Go on without the operators, when they have slept through the patience of a round",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.readKey("key-file", keyFile)
			if err != nil {
				return err
			}
			defer k.Destroy()
			return a.withSalt(c.Context(), func(v *vault.Vault) error { return a.printTurn(v.Salt.Wake(c.Context(), k)) })
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	return c
}

func newSaltReveal(a *app) *cobra.Command {
	var keyFile, name string
	var follow bool
	var every time.Duration
	c := &cobra.Command{
		Use:   "reveal",
		Short: "Reveal an operator's secret for the present round, and commit to the next one",
		Long: `Reveals the operator's secret for the present round. Nothing is stored: which secret is next follows from the
chain, so it can be interrupted at any time, and run twice. What the contract would not take is not sent, because a secret that
was sent is known.

With --follow it does so in every round, until it is interrupted. When others sleep it wakes the round. Operators take turns in
coming first: who comes after the quorum would pay for nothing. A node that does not answer is asked again.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if every <= 0 {
				return cli.Usage("--every is above zero")
			}
			return a.withOperatorKey(keyFile, name, func(k *vault.Key) error {
				return a.withSalt(c.Context(), func(v *vault.Vault) error {
					o := vault.NewOperator(k, v.ID, name)
					if follow {
						return a.followSalt(c.Context(), v.Salt, o, every)
					}
					return a.printTurn(o.Reveal(c.Context(), v.Salt))
				})
			})
		},
	}
	operatorFlags(c, &keyFile, &name)
	c.Flags().BoolVar(&follow, "follow", false, "reveal in every round, and wake rounds when others sleep")
	c.Flags().DurationVar(&every, "every", 4*time.Second, "with --follow: look again after `TIME`")
	return c
}

// followSalt does what is due in every round, until it is interrupted or the key turns out to be the wrong one.
func (a *app) followSalt(ctx context.Context, s *vault.Salt, o *vault.Operator, every time.Duration) error {
	a.Say("operator %s of salt %s: %d operators reveal in every %d blocks", o.Address(), s.Address, s.Quorum, s.Round)
	said := ""
	for {
		t, err := o.Look(ctx, s)
		trouble := ""
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, vault.ErrNotOperator):
			return err
		case err != nil:
			trouble = cli.Printable(hideURL(err).Error())
		case t != nil:
			if err := a.Print(shownTurn(*t)); err != nil {
				return err
			}
		}
		if trouble != said { // the same trouble is said once, and that it is over
			a.Say("%s", map[bool]string{true: "going on", false: trouble}[trouble == ""])
			said = trouble
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}
