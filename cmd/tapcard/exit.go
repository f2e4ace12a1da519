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

// Exit codes. They are part of the interface: a number never changes its meaning.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNoCard      = 3
	exitWrongPIN    = 4
	exitBlocked     = 5
	exitRefused     = 6
	exitCard        = 7
	exitSecurity    = 8
	exitInterrupted = 130
)

// failure is one row of the table that turns an error into an exit code and a hint at its real cause.
type failure struct {
	err  error
	code int
	name string
	hint string
}

// failures is searched from the top: what names the cause best comes first.
var failures = []failure{
	{duplicate.ErrWrongKey, exitSecurity, "wrong-key", "the card got another key than it should and lost it again: start over, with computers and readers you trust"},
	{duplicate.ErrSpoilt, exitCard, "spoilt", `start the duplication again, with every card: "tapcard keycard duplicate start"`},
	{card.ErrInterrupted, exitCard, "interrupted-exchange", "nobody knows whether the card acted; look with \"info\" or \"status\" before trying again"},
	{card.ErrSharing, exitNoCard, "reader-busy", "another program holds the reader: close it and try again"},
	{context.Canceled, exitInterrupted, "interrupted", "nothing was lost; run the command again"},
	{signer.ErrRefused, exitRefused, "refused", ""},
	{term.ErrNoTerminal, exitUsage, "no-terminal", "without a terminal, answer with flags: --pin-file FILE and the like, --yes"},
	{card.ErrNoService, exitNoCard, "no-service", "start the smart card service: systemctl start pcscd"},
	{card.ErrNoReader, exitNoCard, "no-reader", `connect a reader, or use --card FILE (see "tapcard virtual new")`},
	{card.ErrNoCard, exitNoCard, "no-card", "put the card on the reader and keep it there"},
	{card.ErrManyCards, exitNoCard, "many-cards", "take one card away, or name a reader with --reader"},
	{softcard.ErrInUse, exitNoCard, "card-in-use", `a card serves one process at a time: is "tapcard virtual insert" running?`},
	{softcard.ErrDamaged, exitCard, "card-damaged", "restore the file from a copy; it is not repaired, because that could make another key of it"},
	{card.ErrUnknownApplet, exitNoCard, "unknown-card", `"tapcard info" shows what is in the reader`},
	{duplicate.ErrNoDuplicate, exitCard, "no-duplicate", `load the same mnemonic on every card: "tapcard keycard restore"`},
	{duplicate.ErrHoldsKey, exitCard, "holds-key", "--force replaces it; without another copy it is gone then"},
	{duplicate.ErrPiecesMissing, exitCard, "pieces-missing", `every other computer adds its entropy to every card first: "tapcard keycard duplicate add-entropy"`},
	{duplicate.ErrWrongPieces, exitCard, "wrong-pieces", "start the duplication again for this card"},
	{card.ErrLastTry, exitWrongPIN, "last-try", "one more wrong code blocks it; --last-try spends it"},
	{card.ErrWrongPIN, exitWrongPIN, "wrong-code", ""},
	{keycard.ErrWrongPassword, exitWrongPIN, "wrong-password", ""},
	{paycard.ErrWrongPassword, exitWrongPIN, "wrong-password", "the pairing secret is the one that the card was set up with"},
	{paycard.ErrStalePairing, exitCard, "not-paired", `pair with the card again: "tapcard pay-card pair"`},
	{card.ErrPairing, exitCard, "not-paired", `pair with the card first: "tapcard keycard pair"`},
	{card.ErrBlocked, exitBlocked, "blocked", `a blocked PIN is set anew with "tapcard keycard unblock" and the PUK`},
	{card.ErrCardMismatch, exitSecurity, "other-card", ""},
	{card.ErrBadMAC, exitSecurity, "bad-channel", "something changed the messages between card and program; take the card away and start again"},
	{card.ErrBadCert, exitSecurity, "bad-certificate", ""},
	{card.ErrBadSignature, exitSecurity, "bad-signature", "do not use this signature; something between card and program may be hostile"},
	{card.ErrRemoved, exitCard, "card-removed", "put the card back and run the command again"},
	{card.ErrReset, exitCard, "card-reset", "another program reset the card: close it, and run the command again"},
	{card.ErrPoisoned, exitCard, "interrupted-exchange", "run the command again"},
	{card.ErrRateLimited, exitCard, "rate-limited", ""},
	{card.ErrUnsupported, exitCard, "unsupported", ""},
	{card.ErrConditions, exitCard, "not-now", ""},
}

// classify finds the row that explains an error.
func classify(err error) failure {
	var usage cli.UsageError
	if errors.As(err, &usage) {
		return failure{err, exitUsage, "usage", `see "tapcard help"`}
	}
	f := failure{err, exitFailed, "failed", ""}
	for _, row := range failures {
		if errors.Is(err, row.err) {
			f = row
			break
		}
	}
	if errors.Is(err, context.Canceled) {
		f.code = exitInterrupted // whatever it was that the person got tired of
	}
	var cardErr *card.Error
	if f.code == exitFailed && errors.As(err, &cardErr) {
		f.code, f.name = exitCard, "card"
	}
	var h cli.Hinted
	if errors.As(err, &h) {
		f.hint = h.Hint
	}
	return f
}

// finish closes what is open, reports an error on one line, and gives the exit code.
func (a *app) finish(err error) int {
	for i := len(a.closers) - 1; i >= 0; i-- {
		if closeErr := a.closers[i].Close(); err == nil {
			err = closeErr
		}
	}
	if err == nil {
		return exitOK
	}
	f := classify(err)
	return a.Fail("tapcard", err, cli.Failure{Code: f.code, Name: f.name, Hint: f.hint})
}

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
