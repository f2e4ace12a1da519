package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

const payMandateLong = `Have the card sign that a payee may pull up to a cap from the purse of profile N in each period, until
a date. The payee shows the mandate to the vault with "tappay mandate start", and pulls with "tappay mandate pull". You
can stop it at any time with "tappay purse stop-mandate": keep the file for that.

Sign soon after "tappay mandate anchor", and have it started soon: a mandate that nobody started is dead after some
thousand blocks, and once sixteen later signatures of the card have settled. If the card's answer is lost, sign another
one; nobody else has the lost one.

Periods are counted from 1970: with a period of 24h a day begins at midnight UTC, whenever the mandate was signed.`

// mandateFlags are the flags of "pay-card mandate".
type mandateFlags struct {
	payee, most, expiry, reference, anchor string
	period                                 time.Duration
}

func newPayMandate(a *app, f *payFlags) *cobra.Command {
	var m mandateFlags
	const short = "Let a payee pull up to a cap, in each period"
	c := a.onProfile(f, "mandate", short, func(ctx context.Context, s *paycard.Session, n byte) error {
		return a.mandate(ctx, s, n, m)
	})
	c.Long = payMandateLong
	c.Example = "  tapcard --json pay-card mandate 0 --payee 0x... --cap 30 --period 720h --expiry 2027-12-31 --reference rent" +
		" --anchor-file anchor.json > rent.json"
	v := c.Flags()
	v.StringVar(&m.payee, "payee", "", "`ADDRESS` of who may pull: a merchant of the vault")
	v.StringVar(&m.most, "cap", "", "in each period at most, in the token")
	v.DurationVar(&m.period, "period", 720*time.Hour, "the length of a period, in whole seconds")
	v.StringVar(&m.expiry, "expiry", "", "last `DATE` on which the payee may pull, such as 2027-12-31: until midnight UTC")
	v.StringVar(&m.reference, "reference", "", "what you and the payee call it, 24 bytes at most")
	v.StringVar(&m.anchor, "anchor-file", "", "`FILE` that \"tappay mandate anchor\" printed")
	for _, name := range []string{"payee", "cap", "expiry", "anchor-file"} {
		c.MarkFlagRequired(name)
	}
	return c
}

// parse makes the grant of the flags, but for the anchor.
func (f mandateFlags) parse(now time.Time) (g paywire.Grant, err error) {
	if g.Payee, err = parsePayAddress("payee", f.payee); err != nil {
		return g, err
	}
	if g.Cap, err = paycard.ParseAmount(f.most); err != nil || g.Cap == 0 {
		return g, cli.Usage("--cap %q: an amount of the token above 0, with at most six decimals", cli.Printable(f.most))
	}
	seconds, err := parseSeconds("period", f.period, math.MaxUint32)
	if err == nil && seconds == 0 {
		err = cli.Usage("--period: at least a second")
	}
	if err != nil {
		return g, err
	}
	day, err := time.Parse(time.DateOnly, f.expiry)
	end := day.AddDate(0, 0, 1).Add(-time.Second)
	if err != nil || end.Before(now) || end.Unix() > math.MaxUint32 {
		return g, cli.Usage("--expiry %q: a date from today on, such as %s", cli.Printable(f.expiry),
			now.UTC().AddDate(1, 0, 0).Format(time.DateOnly))
	}
	if len(f.reference) > paywire.ReferenceSize || cli.Printable(f.reference) != f.reference {
		return g, cli.Usage("--reference: %d bytes of text at most", paywire.ReferenceSize)
	}
	g.Period, g.Expiry = uint32(seconds), uint32(end.Unix())
	copy(g.Reference[:], f.reference)
	return g, nil
}

// payAnchor is what "tappay mandate anchor" prints.
type payAnchor struct {
	Chain uint64 `json:"chain_id"`
	Vault string `json:"vault"`
	Token string `json:"token"`
	Block uint64 `json:"anchor_block"`
	Hash  string `json:"anchor_hash"`
}

// readAnchor reads an anchor and the purse that it is for.
func (a *app) readAnchor(ctx context.Context, path string) (p paywire.Purse, block uint64, hash [32]byte, err error) {
	text, err := a.readInput(ctx, path)
	if err != nil {
		return p, 0, hash, fmt.Errorf("--anchor-file: %w", err)
	}
	var file payAnchor
	err = json.Unmarshal(text, &file)
	raw, bad := hex.DecodeString(strings.TrimPrefix(file.Hash, "0x"))
	if err != nil || bad != nil || len(raw) != len(hash) {
		return p, 0, hash, fmt.Errorf("--anchor-file: %s holds no anchor; \"tappay mandate anchor\" prints one", path)
	}
	p.Chain = file.Chain
	if p.Vault, err = parsePayAddress("anchor-file", file.Vault); err == nil {
		p.Token, err = parsePayAddress("anchor-file", file.Token)
	}
	return p, file.Block, [32]byte(raw), err
}

// mandate shows what is asked for and has the card sign it.
func (a *app) mandate(ctx context.Context, s *paycard.Session, n byte, f mandateFlags) error {
	g, err := f.parse(time.Now())
	if err != nil {
		return err
	}
	purse, block, hash, err := a.readAnchor(ctx, f.anchor)
	if err != nil {
		return err
	}
	profile, err := s.Profile(ctx, n)
	if err != nil {
		return err
	}
	if profile.Profile.Purse != purse {
		own := profile.Profile.Purse
		return cli.Hint(fmt.Errorf("the anchor is of vault %s on chain %d, and profile %d pays from vault %s on chain %d",
			purse.Vault, purse.Chain, n, own.Vault, own.Chain), "name another profile, or print the anchor for its vault")
	}
	g.Anchor, g.Block = block, hash
	question := fmt.Sprintf("%s may pull up to %s of the token in each period of %v, until %s, for %q, from the purse at vault %s. "+
		"Sign that?", g.Payee, amountText(g.Cap), f.period, untilText(g.Expiry), g.ReferenceText(), purse.Vault)
	if err := a.confirm(ctx, question); err != nil {
		return err
	}
	m, signature, err := s.Mandate(ctx, n, g)
	if err != nil {
		return err
	}
	return a.Print(newPayMandated(s.Card().Info().Address, m, signature))
}

// untilText is a time in UTC, which the dates of mandates are meant in.
func untilText(seconds uint32) string {
	return time.Unix(int64(seconds), 0).UTC().Format(time.DateTime) + " UTC"
}

// payMandated is the result of "pay-card mandate", which "tappay mandate" reads.
type payMandated struct {
	Card      string `json:"card_address"`
	Chain     uint64 `json:"chain_id"`
	Vault     string `json:"vault"`
	Token     string `json:"token"`
	Payee     string `json:"payee"`
	Cap       string `json:"cap"`
	Period    uint32 `json:"period_seconds"`
	Expiry    uint32 `json:"expiry"`
	Reference string `json:"reference"` // 24 bytes in hex
	Anchor    uint64 `json:"anchor_block"`
	Hash      string `json:"anchor_hash"`
	Counter   uint32 `json:"counter"`
	Signature string `json:"signature"`
	text      string // the reference
}

func newPayMandated(card paywire.Address, m paywire.Mandate, s paywire.Signature) payMandated {
	g := m.Grant
	return payMandated{card.String(), m.Purse.Chain, m.Purse.Vault.String(), m.Purse.Token.String(), g.Payee.String(),
		amountText(g.Cap), g.Period, g.Expiry, hex.EncodeToString(g.Reference[:]), g.Anchor, hex.EncodeToString(g.Block[:]),
		m.Counter, hex.EncodeToString(s.Append(nil)), g.ReferenceText()}
}

// Text prints it for people.
func (m payMandated) Text(w io.Writer) {
	cli.Rows(w, "card", m.Card, "payee", m.Payee, "cap", m.Cap, "in each", (time.Duration(m.Period) * time.Second).String(),
		"until", untilText(m.Expiry), "reference", m.text, "vault", m.Vault, "anchor", fmt.Sprint(m.Anchor),
		"counter", fmt.Sprint(m.Counter), "signature", "0x"+m.Signature)
}
