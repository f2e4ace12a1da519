package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/internal/term"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/paycard"
	"tapcard.example/signer"
	"tapcard.example/softcard"
)

// Exit codes of tapcard besides those of all programs.
const (
	exitWrongPIN = 4
	exitBlocked  = 5
)

// failures is searched from the top: what names the cause best comes first.
var failures = []cli.Known{
	{Err: duplicate.ErrWrongKey, Code: cli.ExitSecurity, Name: "wrong-key", Hint: "the card got another key than it should and lost it again: start over, with computers and readers you trust"},
	{Err: duplicate.ErrSpoilt, Code: cli.ExitCard, Name: "spoilt", Hint: `start the duplication again, with every card: "tapcard keycard duplicate start"`},
	{Err: card.ErrInterrupted, Code: cli.ExitCard, Name: "interrupted-exchange", Hint: "nobody knows whether the card acted; look with \"info\" or \"status\" before trying again"},
	{Err: card.ErrSharing, Code: cli.ExitNoCard, Name: "reader-busy", Hint: "another program holds the reader: close it and try again"},
	{Err: context.Canceled, Code: cli.ExitInterrupted, Name: "interrupted", Hint: "nothing was lost; run the command again"},
	{Err: signer.ErrRefused, Code: cli.ExitRefused, Name: "refused"},
	{Err: term.ErrNoTerminal, Code: cli.ExitUsage, Name: "no-terminal", Hint: "without a terminal, answer with flags: --pin-file FILE and the like, --yes"},
	{Err: card.ErrNoService, Code: cli.ExitNoCard, Name: "no-service", Hint: "start the smart card service: systemctl start pcscd"},
	{Err: card.ErrNoReader, Code: cli.ExitNoCard, Name: "no-reader", Hint: `connect a reader, or use --card FILE (see "tapcard virtual new")`},
	{Err: card.ErrNoCard, Code: cli.ExitNoCard, Name: "no-card", Hint: "put the card on the reader and keep it there"},
	{Err: card.ErrManyCards, Code: cli.ExitNoCard, Name: "many-cards", Hint: "take one card away, or name a reader with --reader"},
	{Err: softcard.ErrInUse, Code: cli.ExitNoCard, Name: "card-in-use", Hint: `a card serves one process at a time: is "tapcard virtual insert" running?`},
	{Err: softcard.ErrDamaged, Code: cli.ExitCard, Name: "card-damaged", Hint: "restore the file from a copy; it is not repaired, because that could make another key of it"},
	{Err: card.ErrUnknownApplet, Code: cli.ExitNoCard, Name: "unknown-card", Hint: `"tapcard info" shows what is in the reader`},
	{Err: duplicate.ErrNoDuplicate, Code: cli.ExitCard, Name: "no-duplicate", Hint: `load the same mnemonic on every card: "tapcard keycard restore"`},
	{Err: duplicate.ErrHoldsKey, Code: cli.ExitCard, Name: "holds-key", Hint: "--force replaces it; without another copy it is gone then"},
	{Err: duplicate.ErrPiecesMissing, Code: cli.ExitCard, Name: "pieces-missing", Hint: `every other computer adds its entropy to every card first: "tapcard keycard duplicate add-entropy"`},
	{Err: duplicate.ErrWrongPieces, Code: cli.ExitCard, Name: "wrong-pieces", Hint: "start the duplication again for this card"},
	{Err: card.ErrLastTry, Code: exitWrongPIN, Name: "last-try", Hint: "one more wrong code blocks it; --last-try spends it"},
	{Err: card.ErrWrongPIN, Code: exitWrongPIN, Name: "wrong-code"},
	{Err: keycard.ErrWrongPassword, Code: exitWrongPIN, Name: "wrong-password"},
	{Err: paycard.ErrWrongPassword, Code: exitWrongPIN, Name: "wrong-password", Hint: "the pairing secret is the one that the card was set up with"},
	{Err: paycard.ErrStalePairing, Code: cli.ExitCard, Name: "not-paired", Hint: `pair with the card again: "tapcard pay-card pair"`},
	{Err: card.ErrPairing, Code: cli.ExitCard, Name: "not-paired", Hint: `pair with the card first: "tapcard keycard pair"`},
	{Err: card.ErrBlocked, Code: exitBlocked, Name: "blocked", Hint: `a blocked PIN is set anew with "tapcard keycard unblock" and the PUK`},
	{Err: card.ErrCardMismatch, Code: cli.ExitSecurity, Name: "other-card"},
	{Err: card.ErrBadMAC, Code: cli.ExitSecurity, Name: "bad-channel", Hint: "something changed the messages between card and program; take the card away and start again"},
	{Err: card.ErrBadCert, Code: cli.ExitSecurity, Name: "bad-certificate"},
	{Err: card.ErrBadSignature, Code: cli.ExitSecurity, Name: "bad-signature", Hint: "do not use this signature; something between card and program may be hostile"},
	{Err: card.ErrRemoved, Code: cli.ExitCard, Name: "card-removed", Hint: "put the card back and run the command again"},
	{Err: card.ErrReset, Code: cli.ExitCard, Name: "card-reset", Hint: "another program reset the card: close it, and run the command again"},
	{Err: card.ErrPoisoned, Code: cli.ExitCard, Name: "interrupted-exchange", Hint: "run the command again"},
	{Err: card.ErrRateLimited, Code: cli.ExitCard, Name: "rate-limited"},
	{Err: card.ErrUnsupported, Code: cli.ExitCard, Name: "unsupported"},
	{Err: card.ErrConditions, Code: cli.ExitCard, Name: "not-now"},
}

// classify says how the program ends with an error.
func classify(err error) cli.Failure {
	f := cli.Explain("tapcard", err, failures)
	if errors.Is(err, context.Canceled) {
		f.Code = cli.ExitInterrupted // whatever it was that the person got tired of
	}
	return f
}

// finish closes what is open, reports an error on one line, and gives the exit code.
func (a *app) finish(err error) int { return a.Finish("tapcard", err, a.closers, classify) }

const exitCodesLong = `Exit codes of tapcard:

    0  done
    1  failed, for a reason of its own
    2  wrong usage, or a question that nobody was there to answer
    3  no reader, no card, another card, or somebody else has it
    4  wrong PIN, PUK or password; the tries left are in the message
    5  blocked: no tries left
    6  refused by the user
    7  the card refused or failed
    8  a certificate, signature or channel does not verify, or it is another card or key than expected
  130  interrupted

With --json an error is {"error": message, "code": name, "exit": number, "tries_left": n, "hint": text}.`

func newExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodesLong}
}
