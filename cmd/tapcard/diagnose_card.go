package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"tapcard.example/card"
	tapwire "tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
)

// known are the applets that are looked for, and how to tell whether their answer to SELECT is in order.
var known = []struct {
	name  string
	aid   []byte
	check func(answer []byte) (what string, err error)
}{
	{"Keycard", wire.KeycardAID(1), checkKeycard},
	{"Coinkite tap card", tapwire.AID(), checkTap},
	{"Keycard 1.2", wire.OldAID(), nil},
	{"NDEF tag", wire.NDEFAID(), nil},
}

// examineCard asks the card for every applet that is known, and judges the answers.
func (d *diagnosis) examineCard(ctx context.Context, link card.Link) {
	ch := card.NewChannel(link)
	ch.Observe(func(e card.Exchange) { d.shapes = append(d.shapes, shape(e)) })
	found := 0
	for _, k := range known {
		r, err := ch.Select(ctx, k.aid)
		switch {
		case errors.Is(err, card.ErrNotFound):
			continue
		case err != nil:
			d.bad("card", k.name, classify(err).Hint, "%v", err)
			return
		}
		found++
		if k.check == nil {
			d.good(k.name, "is on the card")
			continue
		}
		what, err := k.check(r.Data)
		if err != nil {
			d.bad("card", k.name, "it answers out of protocol: another version, a fake, or a bad contact; try again", "%v", err)
			continue
		}
		d.good(k.name, "%s", what)
	}
	if found == 0 {
		d.bad("card", "applets", "this is another kind of card", "the card answers, and holds nothing that is known here")
	}
}

func checkKeycard(answer []byte) (string, error) {
	info, err := wire.ParseApplicationInfo(answer)
	switch {
	case err != nil:
		return "", err
	case !info.Initialized:
		return "empty, waiting for init", nil
	case !info.Version.Supported():
		return "", fmt.Errorf("version %v is not supported", info.Version)
	}
	return fmt.Sprintf("version %v, key loaded: %s, free pairing slots: %d", info.Version, yesNo(len(info.KeyUID) > 0), info.FreeSlots), nil
}

func checkTap(answer []byte) (string, error) {
	s, err := tapwire.ParseStatusAnswer(answer)
	if err != nil {
		return "", err
	}
	what := fmt.Sprintf("%v, firmware %v", s.Product(), s.Version())
	if s.AuthDelay > 0 {
		what += fmt.Sprintf(", wants %d seconds after wrong CVCs", s.AuthDelay)
	}
	if s.Tampered {
		return "", errors.New(what + ", says that it was tampered with")
	}
	return what, nil
}

// shape is an exchange without anything that identifies a card or its owner: header, lengths, status word, and for
// BER-TLV the tags.
func shape(e card.Exchange) string {
	c, r := e.Command, e.Response
	s := fmt.Sprintf("%02X %02X %02X %02X (%d) -> %v (%d)", c.CLA, c.INS, c.P1, c.P2, len(c.Data), r.SW, len(r.Data))
	if tags := tagsOf(r); tags != "" {
		s += " " + tags
	}
	return s
}

func tagsOf(r iso7816.Response) string {
	elements, err := tlv.Parse(r.Data, tlv.Lenient)
	if err != nil || len(elements) == 0 {
		return ""
	}
	var tags []string
	for _, e := range elements {
		tag := fmt.Sprintf("%v:%d", e.Tag, len(e.Value))
		if inner := tagsOf(iso7816.Response{Data: e.Value}); inner != "" && e.Tag.Constructed() {
			tag += "[" + inner + "]"
		}
		tags = append(tags, tag)
	}
	return strings.Join(tags, " ")
}

// save shows the report and, if the user agrees, writes it.
func (d *diagnosis) save(ctx context.Context, path string) error {
	var b strings.Builder
	r := d.result()
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	r.Text(w)
	if err := w.Flush(); err != nil {
		return err
	}
	b.WriteString("\nexchanges, without their contents:\n")
	for _, s := range r.Exchanges {
		b.WriteString("  " + s + "\n")
	}
	d.Say("%s", b.String())
	if err := d.confirm(ctx, "This will be saved in "+path+"."); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
