package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/term"
)

// app is what all commands share: where things go, and the flags that every command has.
type app struct {
	cli.Output
	in io.Reader

	cardFile string // --card: a software card in this process instead of a reader
	reader   string // --reader: part of a reader's name
	home     string // --home: where pairings, labels and known keys are kept
	traceTo  string // --trace: where the conversation with the card is recorded
	yes      bool   // --yes: approve what would be asked

	stdinUsed bool
	terminal  *term.Terminal
	closers   []io.Closer
}

const rootLong = `tapcard makes smart-card wallets usable from the command line.

A card is found in a connected reader, or in a file with --card: cards made of software, for tests,
come from "tapcard virtual new". Secrets are asked for on the terminal, or read from files named by flags
such as --pin-file ("-" is standard input, for one of them); they are never taken from arguments.

With --json every command prints one JSON object on standard output (one per line where results stream)
and nothing else there. Exit codes: "tapcard help exit-codes".`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "tapcard",
		Short:         "Smart-card wallets from the command line",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cli.UsageError{Err: err} })
	f := root.PersistentFlags()
	f.StringVar(&a.cardFile, "card", "", "use the software card in `FILE` instead of a reader")
	f.StringVar(&a.reader, "reader", "", "use the reader whose name contains `NAME`")
	f.StringVar(&a.home, "home", "", "keep pairings, labels and known keys in `DIR` (default: $TAPCARD_HOME or the user's configuration folder)")
	f.StringVar(&a.traceTo, "trace", "", "record the conversation with the card in `FILE`")
	f.BoolVar(&a.JSON, "json", a.JSON, "print JSON")
	f.BoolVar(&a.yes, "yes", false, "approve without asking")
	root.AddCommand(
		newReaders(a), newInfo(a), newTrust(a), newLabel(a), newKeycard(a), newSatscard(a), newTapsigner(a), newLinked(a), newMaker(a), newPayCard(a),
		newEth(a), newBtc(a),
		newVirtual(a), newTrace(a), newDiagnose(a), newDemo(a), newExitCodes())
	cli.Strict(root, &a.JSON)
	return root
}

// dir is the folder where things are kept between runs; it is made with mode 0700 when something is stored.
func (a *app) dir() (string, error) {
	if a.home != "" {
		return a.home, nil
	}
	if d := os.Getenv("TAPCARD_HOME"); d != "" {
		return d, nil
	}
	d, err := os.UserConfigDir()
	if err != nil {
		return "", cli.Hint(err, "name a folder with --home or $TAPCARD_HOME")
	}
	return filepath.Join(d, "tapcard"), nil
}

// atEnd has c closed when the command has ended, last opened first.
func (a *app) atEnd(c io.Closer) { a.closers = append(a.closers, c) }
