package main

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

// stopMandate is the owner's action that ends what a payee may pull.
var stopMandate = purseAction{use: "stop-mandate", short: "Stop a payee's pulls under a mandate, at once and for good",
	kind: vault.StopMandate}

func newStopMandate(a *app) *cobra.Command {
	var f actionFlags
	var which string
	c := &cobra.Command{Use: stopMandate.use, Short: stopMandate.short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.stopMandate(c.Context(), f, which) }}
	v := c.Flags()
	v.StringVar(&which, "mandate", "", "`FILE` that \"tapcard --json pay-card mandate\" printed, or the mandate's id with --card")
	v.StringVar(&f.card, "card", "", "`ADDRESS` of the card; a file says it")
	v.StringVar(&f.keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	v.StringVar(&f.ownerKey, "owner-key", "", "key `FILE` of the owner, who signs")
	v.BoolVar(&f.typed, "typed-data", false, "print what the owner signs, for another wallet, and do nothing")
	v.StringVar(&f.signature, "signature", "", "the owner's signature from another wallet, 65 bytes in hex")
	v.StringVar(&f.deadline, "deadline", "", "the deadline of that signature, as --typed-data printed it")
	return c
}

// startedMandate reads a mandate that there is something to stop of.
func (a *app) startedMandate(ctx context.Context, v *vault.Vault, file string) (vault.Mandate, error) {
	m, err := readMandate(file)
	if err == nil {
		err = v.CheckMandate(m)
	}
	if err != nil {
		return m, err
	}
	s, err := v.MandateState(ctx, m)
	if err == nil && !s.Started {
		err = cli.Hinted{Err: errors.New("the mandate was not started: there is nothing to stop yet"),
			Hint: `to be sure start it and stop it then, or wait until its anchor is too old: "tappay mandate status" shows whether somebody starts it`}
	}
	return m, err
}

// stopMandate carries it out. The deadline is counted from the chain's time.
func (a *app) stopMandate(ctx context.Context, f actionFlags, which string) error {
	v, err := a.openVault(ctx)
	if err != nil {
		return err
	}
	id, err := hex.DecodeString(strings.TrimPrefix(which, "0x"))
	if err != nil || len(id) != common.HashLength {
		m, err := a.startedMandate(ctx, v, which)
		if err != nil {
			return err
		}
		if f.card != "" && common.HexToAddress(f.card) != m.Card {
			return cli.Usage("--card is another card than the mandate's, %s", m.Card)
		}
		known := m.ID()
		f.card, id = m.Card.Hex(), known[:]
	}
	newest, err := v.Node().HeaderByNumber(ctx, nil)
	if err != nil {
		return err
	}
	action, err := f.parse(stopMandate, time.Unix(int64(newest.Time), 0))
	if err != nil {
		return err
	}
	action.More = [32]byte(id)
	return a.actOn(ctx, v, stopMandate, f, action)
}
