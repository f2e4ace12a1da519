package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

func newPayLog(a *app, f *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "log",
		Short: "Show the card's last 32 signatures, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				entries, err := s.Log(c.Context())
				if err != nil {
					return err
				}
				return a.Print(newPayLogResult(entries))
			})
		},
	}
}

// payLog is the result of "pay-card log".
type payLog struct {
	Entries []payEntry `json:"entries"`
}

// payEntry is one signature.
type payEntry struct {
	Counter  uint32 `json:"counter"`
	Time     uint32 `json:"time,omitempty"`
	How      string `json:"how"`
	Profile  byte   `json:"profile"`
	Merchant string `json:"merchant"`
	Amount   string `json:"amount"`
	Anchor   uint64 `json:"anchor_block"`
	Offer    string `json:"offer"`
	Digest   string `json:"digest"`
}

func newPayLogResult(entries []paywire.Entry) payLog {
	l := payLog{Entries: []payEntry{}}
	for _, e := range entries {
		l.Entries = append(l.Entries, payEntry{e.Counter, e.Time, howSigned(e.Flags), e.Profile, e.Merchant.String(), amountText(e.Amount),
			e.Anchor, hex.EncodeToString(e.Offer[:]), hex.EncodeToString(e.Digest[:])})
	}
	return l
}

// howSigned says who had agreed.
func howSigned(flags byte) string {
	var how []string
	for _, f := range []struct {
		flag byte
		text string
	}{{paywire.LogBlind, "blind"}, {paywire.LogMandate, "mandate"}, {paywire.LogApproved, "approved"}, {paywire.LogTimed, "timed"},
		{paywire.LogOffline, "offline"}} {
		if flags&f.flag != 0 {
			how = append(how, f.text)
		}
	}
	return strings.Join(how, ", ")
}

// Text prints it for people.
func (l payLog) Text(w io.Writer) {
	if len(l.Entries) == 0 {
		fmt.Fprintln(w, "the card has signed nothing yet")
	}
	for _, e := range l.Entries {
		when := timeText(e.Time)
		if when == "" {
			when = "no time"
		}
		fmt.Fprintf(w, "%d\t%s\t%s to %s (%s)\n", e.Counter, when, e.Amount, e.Merchant, e.How)
	}
}

const payBindLong = `Have the card sign that OWNER holds it and knows its PIN, for the vault of profile N: with that signature the vault
makes it a card of OWNER's purse. The signature is good for nobody else.`

func newPayBind(a *app, f *payFlags) *cobra.Command {
	var owner string
	c := &cobra.Command{
		Use:   "bind N",
		Short: "Prove to a vault whose card this is",
		Long:  payBindLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := parseProfile(args[0])
			if err != nil {
				return err
			}
			to, err := parsePayAddress("owner", owner)
			if err != nil {
				return err
			}
			return a.withPayCard(c.Context(), f, func(s *paycard.Session) error {
				signature, err := s.Bind(c.Context(), n, to)
				if err != nil {
					return err
				}
				return a.Print(payBound{s.Card().Info().Address.String(), to.String(), hex.EncodeToString(signature.Append(nil))})
			})
		},
	}
	c.Flags().StringVar(&owner, "owner", "", "`ADDRESS` of the owner at the vault")
	c.MarkFlagRequired("owner")
	return c
}

// payBound is the result of "pay-card bind".
type payBound struct {
	Card      string `json:"card_address"`
	Owner     string `json:"owner"`
	Signature string `json:"signature"`
}

// Text prints it for people.
func (b payBound) Text(w io.Writer) {
	cli.Rows(w, "card", b.Card, "owner", b.Owner, "signature", "0x"+b.Signature)
}
