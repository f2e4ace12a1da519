package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/transport/pcsc"
)

const diagnoseLong = `Find out whether the card, the reader or the request is at fault: is the smart card service running and may we use it, is
there a reader, does another program hold it, is there one card or several, does the card answer, does it answer as
its kind should. No PIN is needed and nothing on the card changes.

--report FILE saves what was found for a bug report. Identifiers are left out of it, and it is shown first.`

func newDiagnose(a *app) *cobra.Command {
	var report string
	c := &cobra.Command{
		Use:   "diagnose",
		Short: "Find out whether the card, the reader or the request is at fault",
		Long:  diagnoseLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d := &diagnosis{app: a}
			d.examine(c.Context())
			if err := a.Print(d.result()); err != nil {
				return err
			}
			if report == "" {
				return nil
			}
			return d.save(c.Context(), report)
		},
	}
	c.Flags().StringVar(&report, "report", "", "save what was found in `FILE`, after showing it")
	return c
}

// finding is one thing that was looked at.
type finding struct {
	Check  string `json:"check"`
	Good   bool   `json:"good"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"`
}

// diagnosis collects findings. fault says where the first bad one is: "service", "reader", "card", or nowhere.
type diagnosis struct {
	*app
	findings []finding
	fault    string
	shapes   []string // of what passed between us and the card
}

func (d *diagnosis) good(check, format string, args ...any) {
	d.findings = append(d.findings, finding{Check: check, Good: true, Found: fmt.Sprintf(format, args...)})
}

func (d *diagnosis) bad(fault, check, advice, format string, args ...any) {
	if d.fault == "" {
		d.fault = fault
	}
	d.findings = append(d.findings, finding{Check: check, Found: fmt.Sprintf(format, args...), Advice: advice})
}

// examine goes from the service to the card and stops where nothing further can work.
func (d *diagnosis) examine(ctx context.Context) {
	if d.cardFile != "" {
		link, err := d.link(ctx, card.Wanted{Name: "card"})
		if err != nil {
			d.bad("card", "card file", classify(err).Hint, "%v", err)
			return
		}
		d.atEnd(link)
		d.good("card file", "%s opens", d.cardFile)
		d.examineCard(ctx, link)
		return
	}
	pc, err := pcsc.Open()
	var readers []pcsc.Reader
	if err == nil {
		readers, err = pc.Readers(ctx)
	}
	if err != nil {
		d.bad("service", "smart card service", serviceAdvice(err), "%v", err)
		return
	}
	d.good("smart card service", "pcscd answers")
	if reader, ok := d.examineReaders(readers); ok {
		d.examineReader(ctx, pc, reader)
	}
}

// serviceAdvice looks why pcscd might not answer.
func serviceAdvice(err error) string {
	if !errors.Is(err, card.ErrNoService) {
		return "the PC/SC library is missing: Debian's package libpcsclite1"
	}
	info, err := os.Stat("/run/pcscd/pcscd.comm")
	switch {
	case errors.Is(err, os.ErrNotExist) && len(running("pcscd")) > 0:
		return "pcscd runs but has no socket: restart it, systemctl restart pcscd.socket pcscd"
	case errors.Is(err, os.ErrNotExist):
		return "start it: systemctl start pcscd.socket (Debian's package pcscd)"
	case err != nil:
		return "its socket cannot be looked at: " + err.Error()
	case info.Mode().Perm()&0o006 != 0o006:
		return fmt.Sprintf("its socket %s has mode %v: other users may not use it", "/run/pcscd/pcscd.comm", info.Mode().Perm())
	}
	return "its socket is there and it refuses us: polkit may want an active local session (pcscd's rule org.debian.pcsc-lite.access_pcsc)"
}

// rivals are programs that are known to hold readers for themselves.
var rivals = []string{"scdaemon", "gpg-agent", "yubikey-agent", "vmware-usbarbit", "firefox", "opensc-tool", "sparrow", "geth"}

// running lists those of the named programs that run, as far as /proc tells.
func running(names ...string) []string {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	found := map[string]bool{}
	for _, e := range entries {
		comm, err := os.ReadFile("/proc/" + e.Name() + "/comm")
		if err != nil {
			continue
		}
		for _, name := range names {
			if strings.EqualFold(strings.TrimSpace(string(comm)), name) {
				found[name] = true
			}
		}
	}
	var list []string
	for _, name := range names {
		if found[name] {
			list = append(list, name)
		}
	}
	return list
}

// examineReaders chooses the one reader with a card in it.
func (d *diagnosis) examineReaders(readers []pcsc.Reader) (pcsc.Reader, bool) {
	var withCard []pcsc.Reader
	var names []string
	for _, r := range readers {
		if d.reader != "" && !strings.Contains(strings.ToLower(r.Name), strings.ToLower(d.reader)) {
			continue
		}
		names = append(names, cli.Printable(r.Name))
		if r.Present {
			withCard = append(withCard, r)
		}
	}
	switch {
	case len(names) == 0:
		d.bad("reader", "readers", "connect one, and look at it with lsusb; some need a driver (Debian's package libccid)", "none")
		return pcsc.Reader{}, false
	case len(withCard) == 0:
		d.good("readers", "%s", strings.Join(names, ", "))
		d.bad("card", "card", "put it flat on the reader and keep it there; take metal and other cards away", "no reader sees one")
		return pcsc.Reader{}, false
	case len(withCard) > 1:
		d.bad("reader", "readers", "take all cards but one away, or name a reader with --reader", "cards in %d readers", len(withCard))
		return pcsc.Reader{}, false
	}
	d.good("readers", "%s", strings.Join(names, ", "))
	return withCard[0], true
}

// examineReader looks whether the card can be had.
func (d *diagnosis) examineReader(ctx context.Context, pc *pcsc.Context, r pcsc.Reader) {
	if r.Mute {
		d.bad("card", "power", "it may be two cards in one field, or a card held too far away", "the card does not answer to reset")
		return
	}
	if r.InUse || r.Exclusive {
		advice := "close the program that uses it"
		if found := running(rivals...); len(found) > 0 {
			advice += "; these run and may be it: " + strings.Join(found, ", ")
		}
		d.bad("reader", "other programs", advice, "another program is connected to the card")
	} else {
		d.good("other programs", "none is connected to the card")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	link, err := pc.Connect(ctx, r.Name)
	if err != nil {
		d.bad("reader", "connection", classify(err).Hint, "%v", err)
		return
	}
	d.atEnd(link)
	d.good("connection", "%s, ATR %X", cli.Printable(r.Name), r.ATR)
	d.examineCard(ctx, link)
}

// result is what "diagnose" prints.
func (d *diagnosis) result() diagnosisResult {
	r := diagnosisResult{Fault: d.fault, Findings: d.findings, Exchanges: d.shapes}
	switch d.fault {
	case "":
		r.Verdict = "reader and card are fine: if something fails, look at the request"
	case "card":
		r.Verdict = "the card is at fault"
	case "reader":
		r.Verdict = "the reader is at fault, or who else uses it"
	default:
		r.Verdict = "the smart card service is at fault"
	}
	return r
}

// diagnosisResult is the result of "diagnose".
type diagnosisResult struct {
	Verdict   string    `json:"verdict"`
	Fault     string    `json:"fault,omitempty"`
	Findings  []finding `json:"findings"`
	Exchanges []string  `json:"exchanges"`
}

// Text prints it for people.
func (r diagnosisResult) Text(w io.Writer) {
	for _, f := range r.Findings {
		mark := "ok "
		if !f.Good {
			mark = "BAD"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", mark, f.Check, f.Found)
		if f.Advice != "" {
			fmt.Fprintf(w, "\t\t-> %s\n", f.Advice)
		}
	}
	fmt.Fprintf(w, "%s\n", r.Verdict)
}
