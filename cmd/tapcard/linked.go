package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/internal/cli"
	"tapcard.example/linkedbackup"
	linkedwire "tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

const linkedLong = `Cards that hold one wallet key together: it goes from card to card, encrypted so that nothing in between can read it, once, and
never leaves them otherwise.

  tapcard linked activate          # the first card makes the key
  tapcard linked backup --size 3   # two more get it; this says which card to tap
  tapcard linked attest            # which cards are in the set: repeat it on a second device, the first may lie

A card signs with "tapcard eth" and "tapcard btc". A lost code cannot be recovered; a lost card is replaced by none: when one card
of a set is lost, move the coins to a new set.`

// linkedWanted finds a card for linked backup among the readers.
var linkedWanted = card.Wanted{Name: "linked card", AIDs: [][]byte{linkedwire.AID()}}

func newLinked(a *app) *cobra.Command {
	var codeFile string
	c := &cobra.Command{Use: "linked", Short: "Share one key among two or three cards, and use it", Long: linkedLong}
	c.PersistentFlags().StringVar(&codeFile, "code-file", "", "read the access code from `FILE` (\"-\": standard input) instead of asking")
	c.AddCommand(newLinkedInfo(a), newLinkedAttest(a), newLinkedWait(a), newLinkedActivate(a, &codeFile), newLinkedImport(a, &codeFile),
		newLinkedChange(a, &codeFile), newLinkedReset(a, &codeFile), newLinkedBackup(a, &codeFile), newLinkedResume(a, &codeFile), newLinkedStatus(a),
		newLinkedSign(a, &codeFile), newLinkedDerive(a, &codeFile))
	return c
}

// linkedOptions trusts the makers that the user trusts.
func (a *app) linkedOptions() (linkedbackup.Options, error) {
	store, err := a.trustStore()
	return linkedbackup.Options{Trusted: func(key []byte) (string, bool) {
		return store.Authority(linkedbackup.Kind, key)
	}}, err
}

// askCode asks for an access code: 6 to 32 printable ASCII characters.
func (a *app) askCode(ctx context.Context, file, prompt string, again bool) (secret.Bytes, error) {
	b, err := a.askSecret(ctx, file, prompt)
	if err != nil {
		return secret.Bytes{}, err
	}
	code := secret.New(b)
	if err := linkedwire.CheckCode(code); err != nil {
		return code, cli.UsageError{Err: err}
	}
	if !again || file != "" {
		return code, nil
	}
	if b, err = a.askSecret(ctx, "", prompt+" again"); err != nil {
		return code, err
	}
	if twice := secret.New(b); !twice.Equal(code) {
		return code, cli.UsageError{Err: errors.New("the two codes differ")}
	}
	return code, nil
}

func newLinkedInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Show what the card says it is (no code needed; attest proves it)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := a.linkedCard(c.Context())
			if err != nil {
				return err
			}
			i := l.Info()
			r := linkedInfo{Ident: l.Ident(), State: i.State.String(), Size: int(i.Size), Slot: int(i.Slot), Wait: i.Wait.Seconds(),
				Software: l.Software(), Maker: hex.EncodeToString(i.Root[:])}
			name, err := l.Authority()
			r.Authority = name
			if err != nil {
				r.Problem = err.Error()
			}
			return a.Print(r)
		},
	}
}

// linkedInfo is the result of "linked info".
type linkedInfo struct {
	Ident     string  `json:"ident"`
	State     string  `json:"state"`
	Size      int     `json:"set_size,omitempty"`
	Slot      int     `json:"slot"`
	Wait      float64 `json:"wait_seconds,omitempty"`
	Software  bool    `json:"software"`
	Maker     string  `json:"maker"`
	Authority string  `json:"authority,omitempty"`
	Problem   string  `json:"problem,omitempty"`
}

// Text prints it for people.
func (r linkedInfo) Text(w io.Writer) {
	cli.Rows(w, "card", r.Ident, "state", r.State, "certified by", r.Authority, "problem", r.Problem)
	if r.Size > 0 {
		cli.Rows(w, "set", fmt.Sprintf("card %d of %d", r.Slot+1, r.Size))
	}
	if r.Wait > 0 {
		cli.Rows(w, "wants to wait", fmt.Sprintf("%.0f seconds, after wrong codes", r.Wait))
	}
	if r.Software {
		cli.Rows(w, "note", "a software card is for tests: its key is in a file in the clear")
	}
}

func newLinkedAttest(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "attest",
		Short: "Have the card prove its set and its state (no code needed); compare the idents with the cards in hand",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := a.linkedCard(c.Context())
			if err != nil {
				return err
			}
			at, err := l.Attest(c.Context())
			if err != nil {
				return err
			}
			return a.Print(newAttestResult(at))
		},
	}
}

// attestResult is the result of "linked attest".
type attestResult struct {
	Card      string   `json:"card"`
	State     string   `json:"state"`
	Size      int      `json:"set_size"`
	Slot      int      `json:"slot"`
	Set       []string `json:"set"`
	Wallet    string   `json:"wallet"`
	Origin    string   `json:"origin"`
	Authority string   `json:"authority"`
	Software  bool     `json:"software"`
}

func newAttestResult(at linkedbackup.Attestation) attestResult {
	r := attestResult{Card: at.Card.Ident(), State: at.State.String(), Size: int(at.Size), Slot: int(at.Slot), Set: at.Idents(),
		Origin: at.Origin.String(), Authority: at.Authority, Software: at.Flags&linkedwire.FlagSoftware != 0}
	if at.State.HasKey() {
		r.Wallet = hex.EncodeToString(at.Wallet[:])
	}
	return r
}

// Text prints it for people.
func (r attestResult) Text(w io.Writer) {
	cli.Rows(w, "card", r.Card, "state", r.State, "key", r.Origin, "certified by", r.Authority, "wallet", r.Wallet)
	for i, ident := range r.Set {
		fmt.Fprintf(w, "member %d\t%s\n", i+1, ident)
	}
	if r.State == linkedwire.Active.String() {
		fmt.Fprintln(w, `this card is the only one with its key: "tapcard linked backup" makes another`)
	}
	if r.Software {
		cli.Rows(w, "note", "a software card, by its certificate")
	}
}

func newLinkedWait(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "wait",
		Short: "Keep the card powered until it takes a code again",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := a.linkedCard(c.Context())
			if err != nil {
				return err
			}
			err = l.HoldStill(c.Context(), func(left time.Duration) {
				a.Say("after wrong codes the card wants to wait: %v (keep it on the reader; Ctrl-C to stop)", left)
			})
			if err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "the card is ready"})
		},
	}
}

func newLinkedActivate(a *app, codeFile *string) *cobra.Command {
	return &cobra.Command{
		Use:   "activate",
		Short: "Have an empty card make a key, under a new access code",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withLinked(c.Context(), *codeFile, true, func(s *linkedbackup.Session, code secret.Bytes) error {
				if err := s.Activate(c.Context(), code); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "activated; the card is the only one with its key until it is backed up"})
			})
		},
	}
}

func newLinkedImport(a *app, codeFile *string) *cobra.Command {
	var mnemonicFile, passphraseFile string
	c := &cobra.Command{
		Use:   "import",
		Short: "Give an empty card the key of a mnemonic; the card says for ever that its key came from outside",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withLinked(c.Context(), *codeFile, true, func(s *linkedbackup.Session, code secret.Bytes) error {
				seed, err := a.askSeed(c.Context(), mnemonicFile, passphraseFile, s.Card().Software())
				if err != nil {
					return err
				}
				defer seed.Destroy()
				if err := s.ImportSeed(c.Context(), code, seed); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "imported; the card says that its key came from outside"})
			})
		},
	}
	c.Flags().StringVar(&mnemonicFile, "mnemonic-file", "", "read the mnemonic from `FILE` instead of asking")
	c.Flags().StringVar(&passphraseFile, "passphrase-file", "", "read the mnemonic's passphrase from `FILE`; none without this flag")
	return c
}

func newLinkedChange(a *app, codeFile *string) *cobra.Command {
	var newFile string
	c := &cobra.Command{
		Use:   "change-code",
		Short: "Change the access code of this card; the others of its set keep theirs",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withLinked(c.Context(), *codeFile, false, func(s *linkedbackup.Session, code secret.Bytes) error {
				next, err := a.askCode(c.Context(), newFile, "new access code", true)
				if err != nil {
					return err
				}
				defer next.Destroy()
				if err := s.ChangeCode(c.Context(), code, next); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "code changed, on this card alone"})
			})
		},
	}
	c.Flags().StringVar(&newFile, "new-file", "", "read the new code from `FILE` instead of asking")
	return c
}

func newLinkedReset(a *app, codeFile *string) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Destroy the key on this card, and free the card",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			question := "The key on this card is destroyed; the last card of a set takes the key with it."
			if err := a.confirm(c.Context(), question); err != nil {
				return err
			}
			return a.withLinked(c.Context(), *codeFile, false, func(s *linkedbackup.Session, code secret.Bytes) error {
				if err := s.Reset(c.Context(), code); err != nil {
					return err
				}
				return a.Print(cli.Done{Done: "the card is empty"})
			})
		},
	}
}

// withLinked connects to a card that must be certified by a trusted maker, opens a channel, and asks for the code.
func (a *app) withLinked(ctx context.Context, codeFile string, isNew bool, use func(*linkedbackup.Session, secret.Bytes) error) error {
	l, err := a.linkedCard(ctx)
	if err != nil {
		return err
	}
	if _, err := l.Authority(); err != nil {
		return err
	}
	prompt := "access code"
	if isNew {
		prompt = "new access code, 6 to 32 characters"
	}
	code, err := a.askCode(ctx, codeFile, prompt, isNew)
	if err != nil {
		return err
	}
	defer code.Destroy()
	s, err := l.Open(ctx)
	if err != nil {
		return err
	}
	return use(s, code)
}
