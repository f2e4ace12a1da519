package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
)

// app is what all commands share: where things go, and the flags that every command has.
type app struct {
	cli.Output

	home    string // --home: where the network's name and payments are kept
	rpc     string // --rpc: the node
	vault   string // --vault: the contract
	closers []io.Closer
}

const rootLong = `tappay runs the open payment network, in which one tap of a payment card pays at a terminal that nobody has to trust.

  tappay key new relay.key                    # an account that pays for gas
  tappay deploy --rpc URL --key-file relay.key --test-token
  tappay merchant register --key-file shop.key --stake 2000 --name "Corner shop"
  tappay purse open --key-file owner.key --proof bind.json --per-payment 20 --daily 50 --monthly 500
  tappay charge --merchant 0x... --amount 4.50 --key-file relay.key --approver-key approver.key --mac-file mac
  tappay dispute list --card 0x...            # what of it can be disputed

The approval service and the time authority are key files here: they stand in for services that are not built yet.
The contracts are not audited: use test chains. Keys are read from files, never from arguments.

With --json every command prints one JSON object on standard output and nothing else there. Exit codes: "tappay help exit-codes".`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{Use: "tappay", Short: "The open payment network from the command line", Long: rootLong,
		SilenceErrors: true, SilenceUsage: true}
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cli.UsageError{Err: err} })
	root.AddCommand(newMandate(a))
	f := root.PersistentFlags()
	f.StringVar(&a.home, "home", "", "keep the network's name and payments in `DIR` (default: $TAPPAY_HOME or the user's configuration folder)")
	f.StringVar(&a.rpc, "rpc", "", "`URL` of the node (default: the one of the last deploy or use)")
	f.StringVar(&a.vault, "vault", "", "`ADDRESS` of the vault (default: the same)")
	f.BoolVar(&a.JSON, "json", a.JSON, "print JSON")
	root.AddCommand(newKey(a), newDeploy(a), newUse(a), newTestMoney(a), newMerchant(a), newPurse(a), newCharge(a), newSettle(a),
		newDispute(a), newMonitor(a), newSalt(a), newSim(), newExitCodes())
	cli.Strict(root, &a.JSON)
	return root
}

// dir is the folder where things are kept between runs.
func (a *app) dir() (string, error) {
	if a.home != "" {
		return a.home, nil
	}
	if d := os.Getenv("TAPPAY_HOME"); d != "" {
		return d, nil
	}
	d, err := os.UserConfigDir()
	if err != nil {
		return "", cli.Hinted{Err: err, Hint: "name a folder with --home or $TAPPAY_HOME"}
	}
	return filepath.Join(d, "tappay"), nil
}

// atEnd has c closed when the command has ended, last opened first.
func (a *app) atEnd(c io.Closer) { a.closers = append(a.closers, c) }
