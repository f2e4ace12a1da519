// Command tapcard makes NFC smart-card wallets usable: the cards people own and cards made of software.
//
// It is thin: each file of this folder parses one group of commands, calls the packages that do the work, and prints.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"tapcard.example/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main with its surroundings given, so that tests can look over its shoulder. It returns the exit code.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second)
		stop() // whoever presses Ctrl-C again now gets what they want, the hard way
	})
	a := &app{Output: cli.Output{Out: out, Err: errOut}, in: in}
	a.JSON = slices.Contains(args, "--json") // for mistakes that are found before the flag is parsed
	root := newRoot(a)
	root.SetArgs(args)
	return a.finish(root.ExecuteContext(ctx))
}
