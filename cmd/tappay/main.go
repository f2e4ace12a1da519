// Command tappay runs the open payment network: it deploys its contracts, keeps merchants and purses, charges payment cards
// at a reader, and disputes or gives back what was paid. What cards themselves can do is the command tapcard's.
//
// It is thin: each file of this folder parses one group of commands, calls the packages under pay, and prints.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"tapcard.example/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its surroundings given, so that tests can look over its shoulder. It returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{Output: cli.Output{Out: out, Err: errOut}}
	a.JSON = slices.Contains(args, "--json") // for mistakes that are found before the flag is parsed
	root := newRoot(a)
	root.SetArgs(args)
	return a.finish(root.ExecuteContext(ctx))
}
