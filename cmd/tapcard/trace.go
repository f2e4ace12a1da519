package main

import (
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/transport/trace"
)

func newTrace(a *app) *cobra.Command {
	c := &cobra.Command{Use: "trace", Short: "Read recorded conversations with cards"}
	c.AddCommand(&cobra.Command{
		Use:   "show FILE",
		Short: "Show a trace that --trace recorded, exchange by exchange",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.showTrace(args[0]) },
	})
	return c
}

func (a *app) showTrace(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := trace.Parse(f)
	if err != nil {
		return err
	}
	if a.JSON {
		return a.Print(traceJSON(t))
	}
	return t.WriteReport(a.Out)
}
