package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard/duplicate"
)

const duplicateStatusLong = `Show what this computer has done in a duplication, from the journal that it keeps. The journal names cards, by
ident, and what was done to each; it holds no secret. What other computers have done is not known here: a card tells
nobody how much entropy it has had.`

func newDuplicateStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what was done so far, and what comes next (no card needed)",
		Long:  duplicateStatusLong,
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, journals, err := a.duplication()
			if err != nil {
				return err
			}
			return a.Print(duplicationStatus{a, journals.Own, journals.Helped})
		},
	}
}

// duplicationStatus is the result of "keycard duplicate status".
type duplicationStatus struct {
	a      *app
	Own    *duplicate.Journal `json:"own"`
	Helped *duplicate.Journal `json:"helped"`
}

// Text prints it for people.
func (s duplicationStatus) Text(w io.Writer) {
	if s.Own == nil && s.Helped == nil {
		fmt.Fprintln(w, "this computer has taken part in no duplication")
	}
	if s.Own != nil {
		s.own(w, *s.Own)
	}
	if s.Helped != nil {
		s.helped(w, *s.Helped)
	}
}

func (s duplicationStatus) own(w io.Writer, j duplicate.Journal) {
	fmt.Fprintf(w, "duplication of %s\n", j.Began.Local().Format(time.DateTime))
	if j.Clients > 0 {
		cli.Rows(w, "computers", fmt.Sprint(j.Clients))
	}
	cli.Rows(w, "key UID", j.KeyUID)
	for _, r := range j.Cards {
		fmt.Fprintf(w, "%s\t%s\n", cli.Printable(s.a.nameOf(r.UID)), progress(r))
	}
	for _, r := range j.Cards {
		if r.Temporary {
			fmt.Fprintf(w, "note\t%s still has a pairing slot that was taken for this: it is freed when the card is "+
				"finished, or with \"tapcard keycard unpair\"\n", cli.Printable(s.a.nameOf(r.UID)))
		}
	}
	cli.Rows(w, "next", cli.Printable(nextStep(j)))
}

// progress is how far a card has come.
func progress(r duplicate.CardRecord) string {
	role := string(r.Role)
	switch {
	case r.Finish == duplicate.Done && r.Role == duplicate.Source:
		return role + ", has given out its key"
	case r.Finish == duplicate.Done:
		return role + ", holds the copy"
	case r.Finish == duplicate.Failed:
		return role + ", failed: it has no copy"
	case r.Finish == duplicate.Begun:
		return role + `, nobody saw its last answer: "tapcard info" shows its key UID, which must be the one above`
	case r.Start == duplicate.Done:
		return role + ", started"
	case r.Start == duplicate.Begun:
		return role + ", nobody saw whether it was started"
	}
	return "not started"
}

// nextStep is what is to be done now, as far as this computer knows.
func nextStep(j duplicate.Journal) string {
	source, ok := j.Source()
	switch {
	case j.Spoilt != "":
		return "start again with every card: " + j.Spoilt
	case j.Complete():
		return "nothing: it is finished"
	case !ok || source.Finish != duplicate.NotYet || j.Clients > 0 && count(j, duplicate.Target) == 0:
		return "start again: this program has ended before all cards were there"
	case j.Clients == 1:
		return `"tapcard keycard duplicate finish"`
	}
	return fmt.Sprintf(`on %s "tapcard keycard duplicate add-entropy" with all cards, and then "finish"`,
		plural(j.Clients-1, "other computer"))
}

func (s duplicationStatus) helped(w io.Writer, j duplicate.Journal) {
	fmt.Fprintf(w, "helped with entropy on %s\n", j.Began.Local().Format(time.DateTime))
	for _, r := range j.Cards {
		state := "added"
		if r.Entropy != duplicate.Done {
			state = "nobody knows whether it was added"
		}
		fmt.Fprintf(w, "%s\t%s\n", cli.Printable(s.a.nameOf(r.UID)), state)
	}
	if j.Spoilt != "" {
		cli.Rows(w, "next", "the duplication must be started again: "+cli.Printable(j.Spoilt))
	}
}
