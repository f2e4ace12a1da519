package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard"
)

// Exit codes. They are part of the interface: a number never changes its meaning.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNoCard      = 3
	exitRefused     = 6
	exitCard        = 7
	exitSecurity    = 8
	exitUnknown     = 9
	exitInterrupted = 130
)

// failures is searched from the top: what names the cause best comes first.
var failures = []struct {
	err error
	cli.Failure
}{
	{vault.ErrNotMined, cli.Failure{Code: exitUnknown, Name: "not-mined", Hint: `nothing is lost: "tappay settle" looks for it, and sends it again if need be`}},
	{context.Canceled, cli.Failure{Code: exitInterrupted, Name: "interrupted", Hint: `run the command again; "tappay settle" settles what was signed`}},
	{vault.ErrNoVault, cli.Failure{Code: exitSecurity, Name: "no-vault", Hint: "--vault names it; its address follows from its parameters, so do not trust this one"}},
	{vault.ErrNotSalt, cli.Failure{Code: exitSecurity, Name: "no-salt-contract", Hint: "the vault takes its anchors from a contract that is not ours: do not use it"}},
	{vault.ErrNoSalt, cli.Failure{Code: exitFailed, Name: "no-salt", Hint: `"tappay salt wake" goes on without the operators`}},
	{vault.ErrNotNow, cli.Failure{Code: exitRefused, Name: "salt-not-now", Hint: `"tappay salt status" shows the round`}},
	{vault.ErrNotOperator, cli.Failure{Code: exitRefused, Name: "no-operator", Hint: "--key-file and --name are those of the commitment that the salt was deployed with"}},
	{vault.ErrNotCommitted, cli.Failure{Code: exitRefused, Name: "not-committed", Hint: "another process of this operator was faster"}},
	{vault.ErrOtherOwner, cli.Failure{Code: exitSecurity, Name: "wrong-owner"}},
	{vault.ErrYoungChain, cli.Failure{Code: exitFailed, Name: "young-chain", Hint: "wait for a few blocks"}},
	{card.ErrNoService, cli.Failure{Code: exitNoCard, Name: "no-service", Hint: "start the smart card service: systemctl start pcscd"}},
	{card.ErrNoReader, cli.Failure{Code: exitNoCard, Name: "no-reader", Hint: "connect a reader, or use --card FILE"}},
	{card.ErrNoCard, cli.Failure{Code: exitNoCard, Name: "no-card", Hint: "put the card on the reader and keep it there"}},
	{card.ErrManyCards, cli.Failure{Code: exitNoCard, Name: "many-cards", Hint: "take one card away, or name a reader with --reader"}},
	{card.ErrUnknownApplet, cli.Failure{Code: exitNoCard, Name: "unknown-card", Hint: `"tapcard info" shows what is in the reader`}},
	{card.ErrBadSignature, cli.Failure{Code: exitSecurity, Name: "bad-signature", Hint: "give nothing out; something between card and terminal may be hostile"}},
	{card.ErrRateLimited, cli.Failure{Code: exitCard, Name: "rate-limited"}},
	{card.ErrConditions, cli.Failure{Code: exitCard, Name: "not-now"}},
	{card.ErrRemoved, cli.Failure{Code: exitCard, Name: "card-removed", Hint: "tap again: what was signed is not signed twice"}},
	{card.ErrInterrupted, cli.Failure{Code: exitCard, Name: "interrupted-exchange", Hint: "tap again: what was signed is not signed twice"}},
}

// classify finds the row that explains an error.
func classify(err error) cli.Failure {
	var usage cli.UsageError
	if errors.As(err, &usage) {
		return cli.Failure{Code: exitUsage, Name: "usage", Hint: `see "tappay help"`}
	}
	f := cli.Failure{Code: exitFailed, Name: "failed"}
	var refused *vault.Refused
	var guard *paycard.GuardError
	var cardErr *card.Error
	switch {
	case errors.As(err, &refused):
		f = cli.Failure{Code: exitRefused, Name: "vault-refused"}
	case errors.As(err, &guard):
		f = cli.Failure{Code: exitRefused, Name: "card-refused"}
	case errors.As(err, &cardErr):
		f = cli.Failure{Code: exitCard, Name: "card"}
	}
	if f.Code != exitRefused {
		for _, row := range failures {
			if errors.Is(err, row.err) {
				f = row.Failure
				break
			}
		}
	}
	var h cli.Hinted
	if errors.As(err, &h) {
		f.Hint = h.Hint
	}
	return f
}

// finish closes what is open, reports an error, and gives the exit code.
func (a *app) finish(err error) int {
	for i := len(a.closers) - 1; i >= 0; i-- {
		if closeErr := a.closers[i].Close(); err == nil {
			err = closeErr
		}
	}
	if err == nil {
		return exitOK
	}
	return a.Fail("tappay", hideURL(err), classify(err))
}

const exitCodesLong = `Exit codes of tappay:

    0  done
    1  failed, for a reason of its own
    2  wrong usage
    3  no reader, no card, or another card
    6  refused by one of the card's guards, by the vault or its salt; the reason is in the message
    7  the card failed
    8  a signature does not verify, or a contract is not the one it should be
    9  nobody knows yet: a transaction was sent and is in no block
  130  interrupted

With --json an error is {"error": message, "code": name, "exit": number, "hint": text}.`

func newExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesLong}
}
