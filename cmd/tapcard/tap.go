package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/cktap"
	tapwire "tapcard.example/cktap/wire"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

// tapFlags are what the commands about tap cards have in common.
type tapFlags struct {
	cvcFile  string
	ident    string
	emulator bool
}

func (f *tapFlags) register(c *cobra.Command) {
	p := c.PersistentFlags()
	p.StringVar(&f.cvcFile, "cvc-file", "", "read the CVC from `FILE` (\"-\": standard input) instead of asking")
	p.StringVar(&f.ident, "ident", "", "speak to the card with this `IDENT` only, as printed on it: XXXXX-XXXXX-XXXXX-XXXXX")
	p.BoolVar(&f.emulator, "emulator", false, "accept what only the maker's public emulator does")
}

// tap connects to a tap card.
func (a *app) tap(ctx context.Context, f *tapFlags) (*cktap.Card, error) {
	ch, err := a.connect(ctx, cktap.Wanted(""))
	if err != nil {
		return nil, err
	}
	return a.selectTap(ctx, f, ch)
}

func (a *app) selectTap(ctx context.Context, f *tapFlags, ch *card.Channel) (*cktap.Card, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	store, err := cktap.OpenStore(filepath.Join(dir, "tapcards.json"))
	if err != nil {
		return nil, err
	}
	roots, err := a.trustStore()
	if err != nil {
		return nil, err
	}
	c, err := cktap.Options{
		Store: store, Ident: f.ident, Emulator: f.emulator, Countdown: a.countdown,
		Authorities: func(key []byte) (string, bool) { return roots.Authority(cktap.TrustKind, key) },
	}.Select(ctx, ch)
	if err != nil {
		return nil, err
	}
	return c, a.noteTap(c)
}

// noteTap remembers which tap card is in use and says when it changed.
func (a *app) noteTap(c *cktap.Card) error {
	store, err := a.trustStore()
	if err != nil {
		return err
	}
	key := c.PublicKey()
	last, another, err := store.Seen(cktap.TrustKind, key[:])
	if err == nil && another {
		a.Say("this is another card than last time: now %s, before %v", a.tapName(c), last)
	}
	return err
}

// tapName is the card's label, or its ident.
func (a *app) tapName(c *cktap.Card) string {
	if label := a.tapLabel(c); label != "" {
		return label
	}
	return c.Ident()
}

func (a *app) tapLabel(c *cktap.Card) string {
	store, err := a.trustStore()
	if err != nil {
		return ""
	}
	key := c.PublicKey()
	return store.Card(cktap.TrustKind, key[:]).Label
}

// countdown shows how long a card that was given wrong CVCs still wants to wait.
func (a *app) countdown(ctx context.Context, left time.Duration) error {
	if left > 0 {
		a.Say("after wrong CVCs the card wants to wait: %v (keep it on the reader; Ctrl-C to stop)", left)
	}
	return ctx.Err()
}

// askCVC asks for the CVC: 6 to 32 characters.
func (a *app) askCVC(ctx context.Context, file, prompt string) (secret.Bytes, error) {
	b, err := a.askSecret(ctx, file, prompt)
	if err != nil {
		return secret.Bytes{}, err
	}
	cvc := secret.New(b)
	if n := cvc.Len(); n < tapwire.MinCVC || n > tapwire.MaxCVC {
		return cvc, cli.UsageError{Err: fmt.Errorf("a CVC has %d to %d characters", tapwire.MinCVC, tapwire.MaxCVC)}
	}
	return cvc, nil
}

// tapCommons are the commands that both products have.
func tapCommons(a *app, f *tapFlags) []*cobra.Command {
	info := &cobra.Command{
		Use:   "info",
		Short: "Show what the card is, and whether it is genuine (no CVC needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, err := a.tap(c.Context(), f)
			if err != nil {
				return err
			}
			r, err := a.tapInfo(c.Context(), t)
			if err != nil {
				return err
			}
			return a.Print(r)
		},
	}
	check := &cobra.Command{
		Use:   "check-cvc",
		Short: "Try a CVC without doing anything with it (a wrong one counts)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withCVC(c.Context(), f, func(t *cktap.Card, cvc secret.Bytes) error {
				if err := t.CheckCVC(c.Context(), cvc); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "the CVC is right"})
			})
		},
	}
	wait := &cobra.Command{
		Use:   "wait",
		Short: "Let the delay after wrong CVCs pass",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, err := a.tap(c.Context(), f)
			if err != nil {
				return err
			}
			if err := t.Wait(c.Context()); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "the card is ready"})
		},
	}
	url := &cobra.Command{
		Use:   "url",
		Short: "Show the URL that phones see, its signature verified",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, err := a.tap(c.Context(), f)
			if err != nil {
				return err
			}
			u, err := t.URL(c.Context())
			if err != nil {
				return err
			}
			return a.Print(urlResult{u.Text, u.Signed.Address})
		},
	}
	return []*cobra.Command{info, check, wait, url}
}

// withCVC opens the card, makes it prove its origin before it is trusted with the CVC, and asks for that.
func (a *app) withCVC(ctx context.Context, f *tapFlags, use func(*cktap.Card, secret.Bytes) error) error {
	t, err := a.tap(ctx, f)
	if err != nil {
		return err
	}
	cvc, err := a.askCVC(ctx, f.cvcFile, "CVC")
	if err != nil {
		return err
	}
	defer cvc.Destroy()
	return use(t, cvc)
}

// tapInfo is what is known of a card without its CVC.
func (a *app) tapInfo(ctx context.Context, t *cktap.Card) (tapInfo, error) {
	s := t.Status()
	r := tapInfo{Product: fmt.Sprint(t.Product()), Ident: t.Ident(), Label: a.tapLabel(t), Firmware: s.Firmware, Birth: s.Birth,
		Testnet: s.Testnet, Tampered: s.Tampered, Delay: s.AuthDelay, Software: t.Software()}
	if sc, err := t.Satscard(); err == nil {
		slot, count := s.Slot()+1, s.SlotCount()
		r.Slot, r.Slots, r.Address = &slot, &count, s.Address
		_ = sc
	}
	if ts, err := t.Tapsigner(); err == nil {
		r.SetUp, r.Path = ts.HasKey(), ts.Path().String()
		if !ts.Satschip() {
			n := ts.Backups()
			r.Backups = &n
		}
	}
	v, err := t.Prove(ctx)
	if err == nil {
		r.Authenticity = &v
	}
	return r, err
}

// tapInfo is the result of "satscard info" and "tapsigner info".
type tapInfo struct {
	Product      string         `json:"product"`
	Ident        string         `json:"ident"`
	Label        string         `json:"label,omitempty"`
	Firmware     string         `json:"firmware"`
	Birth        int            `json:"birth_block"`
	Testnet      bool           `json:"testnet"`
	Tampered     bool           `json:"tampered"`
	Delay        int            `json:"delay_seconds,omitempty"`
	Software     bool           `json:"software"`
	Slot         *int           `json:"slot,omitempty"`
	Slots        *int           `json:"slots,omitempty"`
	Address      string         `json:"address_blanked,omitempty"`
	SetUp        bool           `json:"set_up"`
	Path         string         `json:"path,omitempty"`
	Backups      *int           `json:"backups,omitempty"`
	Authenticity *cktap.Verdict `json:"authenticity,omitempty"`
}

// Text prints it for people.
func (r tapInfo) Text(w io.Writer) {
	cli.Rows(w, "card", r.Product+" "+r.Firmware, "ident", r.Ident, "label", cli.Printable(r.Label), "birth block", fmt.Sprint(r.Birth))
	if r.Authenticity != nil {
		cli.Rows(w, "genuine", r.Authenticity.String())
	}
	if r.Slot != nil {
		cli.Rows(w, "current slot", fmt.Sprintf("%d of %d", *r.Slot, *r.Slots), "address, its middle blanked", r.Address)
		fmt.Fprintln(w, `the address is only proven by "tapcard satscard address"`)
	} else {
		cli.Rows(w, "set up", yesNo(r.SetUp), "derivation", r.Path)
	}
	if r.Backups != nil {
		cli.Rows(w, "backups made", fmt.Sprint(*r.Backups))
	}
	if r.Delay > 0 {
		cli.Rows(w, "wants to wait", fmt.Sprintf("%d seconds, after wrong CVCs", r.Delay))
	}
	if r.Tampered {
		cli.Rows(w, "TAMPERED", "the card says that it unsealed a slot by itself")
	}
	if r.Software {
		cli.Rows(w, "note", "a software card is for tests: its keys are in a file in the clear")
	}
}

// urlResult is the result of "url".
type urlResult struct {
	URL     string `json:"url"`
	Address string `json:"address,omitempty"`
}

// Text prints it for people.
func (r urlResult) Text(w io.Writer) { cli.Rows(w, "URL", cli.Printable(r.URL), "address", r.Address) }

// parseSlot reads the number of a slot, which people count from 1.
func parseSlot(n int) (int, error) {
	if n < 1 {
		return 0, cli.UsageError{Err: errors.New("slots are counted from 1")}
	}
	return n - 1, nil
}
