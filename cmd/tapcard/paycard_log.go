package main

import (
	"encoding/hex"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

func newPayLog(a *app, p *payFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "log",
		Short: "Show the card's last 32 signatures, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPay(c.Context(), p, func(s *paycard.Session) error {
				entries, err := s.Log(c.Context())
				if err != nil {
					return err
				}
				return a.print(payLog{logEntries(entries)})
			})
		},
	}
}

// payLog is the result of "pay-card log".
type payLog struct {
	Entries []logEntry `json:"entries"`
}

// logEntry is one signature. A blind one has only its digest.
type logEntry struct {
	Counter  uint32     `json:"counter"`
	Time     string     `json:"time,omitempty"`
	Profile  int        `json:"profile"`
	Merchant payAddress `json:"merchant"`
	Amount   payAmount  `json:"amount"`
	Anchor   uint64     `json:"anchor"`
	Offer    string     `json:"offer"`
	Digest   string     `json:"digest"`
	Approved bool       `json:"approved"`
	Timed    bool       `json:"timed"`
	Offline  bool       `json:"offline"`
	Blind    bool       `json:"blind"`
}

func logEntries(entries []wire.Entry) []logEntry {
	list := []logEntry{}
	for _, e := range entries {
		list = append(list, logEntry{e.Counter, payTime(e.Time), int(e.Profile), payAddress(e.Merchant), payAmount(e.Amount), e.Anchor,
			hex.EncodeToString(e.Offer[:]), hex.EncodeToString(e.Digest[:]), e.Flags&wire.LogApproved != 0,
			e.Flags&wire.LogTimed != 0, e.Flags&wire.LogOffline != 0, e.Flags&wire.LogBlind != 0})
	}
	return list
}

func (r payLog) text(w io.Writer) {
	if len(r.Entries) == 0 {
		fmt.Fprintln(w, "the card has signed nothing yet")
	}
	for _, e := range r.Entries {
		when := e.Time
		if when == "" {
			when = "no time"
		}
		if e.Blind {
			fmt.Fprintf(w, "blind\t%s\t%s\n", when, e.Digest)
			continue
		}
		how := "approved"
		if e.Offline {
			how = "offline"
		} else if !e.Approved {
			how = "not approved"
		}
		fmt.Fprintf(w, "%d\t%s\t%v to %v\tprofile %d\t%s\n", e.Counter, when, e.Amount, e.Merchant, e.Profile, how)
	}
}
