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

// exitUnknown is tappay's exit code besides those of all programs: nobody knows yet what became of a transaction.
const exitUnknown = 9

// failures is searched from the top: what names the cause best comes first.
var failures = []cli.Known{
	{Err: vault.ErrNotMined, Code: exitUnknown, Name: "not-mined", Hint: `look before doing it again: "tappay settle" does for payments, and a status command shows the rest`},
	{Err: context.Canceled, Code: cli.ExitInterrupted, Name: "interrupted", Hint: `run the command again; "tappay settle" settles what was signed`},
	{Err: vault.ErrNoVault, Code: cli.ExitSecurity, Name: "no-vault", Hint: "--vault names it; its address follows from its parameters, so do not trust this one"},
	{Err: vault.ErrNotSalt, Code: cli.ExitSecurity, Name: "no-salt-contract", Hint: "the vault takes its anchors from a contract that is not ours: do not use it"},
	{Err: vault.ErrNoSalt, Code: cli.ExitFailed, Name: "no-salt", Hint: `"tappay salt wake" goes on without the operators`},
	{Err: vault.ErrNotNow, Code: cli.ExitRefused, Name: "salt-not-now", Hint: `"tappay salt status" shows the round`},
	{Err: vault.ErrNotOperator, Code: cli.ExitRefused, Name: "no-operator", Hint: "--key-file and --name are those of the commitment that the salt was deployed with"},
	{Err: vault.ErrNotCommitted, Code: cli.ExitRefused, Name: "not-committed", Hint: "another process of this operator was faster"},
	{Err: vault.ErrOtherOwner, Code: cli.ExitSecurity, Name: "wrong-owner"},
	{Err: vault.ErrOtherProof, Code: cli.ExitSecurity, Name: "other-proof", Hint: "the card makes one for this owner: tapcard --json pay-card bind 0 --owner ADDRESS"},
	{Err: vault.ErrNoGas, Code: cli.ExitFailed, Name: "no-gas", Hint: "send it some; on a test chain a rich account's key can be the --key-file"},
	{Err: vault.ErrYoungChain, Code: cli.ExitFailed, Name: "young-chain", Hint: "wait for a few blocks"},
	{Err: card.ErrNoService, Code: cli.ExitNoCard, Name: "no-service", Hint: "start the smart card service: systemctl start pcscd"},
	{Err: card.ErrNoReader, Code: cli.ExitNoCard, Name: "no-reader", Hint: "connect a reader, or use --card FILE"},
	{Err: card.ErrNoCard, Code: cli.ExitNoCard, Name: "no-card", Hint: "put the card on the reader and keep it there"},
	{Err: card.ErrManyCards, Code: cli.ExitNoCard, Name: "many-cards", Hint: "take one card away, or name a reader with --reader"},
	{Err: card.ErrUnknownApplet, Code: cli.ExitNoCard, Name: "unknown-card", Hint: `"tapcard info" shows what is in the reader`},
	{Err: vault.ErrMandate, Code: cli.ExitSecurity, Name: "bad-mandate", Hint: "the file was changed: ask the card's owner for another one"},
	{Err: vault.ErrOtherPayee, Code: cli.ExitRefused, Name: "other-payee", Hint: "--key-file is the payee's"},
	{Err: card.ErrBadSignature, Code: cli.ExitSecurity, Name: "bad-signature", Hint: "give nothing out; something between card and terminal may be hostile"},
	{Err: card.ErrRateLimited, Code: cli.ExitCard, Name: "rate-limited"},
	{Err: card.ErrConditions, Code: cli.ExitCard, Name: "not-now"},
	{Err: card.ErrRemoved, Code: cli.ExitCard, Name: "card-removed", Hint: "tap again: what was signed is not signed twice"},
	{Err: card.ErrInterrupted, Code: cli.ExitCard, Name: "interrupted-exchange", Hint: "tap again: what was signed is not signed twice"},
}

// classify says how the program ends with an error.
func classify(err error) cli.Failure {
	f := cli.Explain("tappay", err, failures)
	var refused *vault.Refused
	var guard *paycard.GuardError
	switch {
	case errors.As(err, &refused):
		f.Code, f.Name = cli.ExitRefused, "vault-refused"
	case errors.As(err, &guard):
		f.Code, f.Name = cli.ExitRefused, "card-refused"
	}
	return f
}

// finish closes what is open, reports an error, and gives the exit code.
func (a *app) finish(err error) int { return a.Finish("tappay", hideURL(err), a.closers, classify) }

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
