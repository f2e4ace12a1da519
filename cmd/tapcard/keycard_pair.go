package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/secret"
)

const pairLong = `Make this computer known to the card. It takes one of the card's few pairing slots for good, until "keycard unpair".

The card wants the pairing password it was set up with (--password-file, or asked for), or the pairing secret,
32 bytes in hex (--secret-file). A secret that this computer knows already is tried first.`

func newPair(a *app, k *keycardFlags) *cobra.Command {
	var passwordFile, secretFile string
	c := &cobra.Command{
		Use:   "pair",
		Short: "Make this computer known to the card",
		Long:  pairLong,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.pair(c.Context(), k, passwordFile, secretFile)
		},
	}
	c.Flags().StringVar(&passwordFile, "password-file", "", "read the pairing password from `FILE` (\"-\": standard input)")
	c.Flags().StringVar(&secretFile, "secret-file", "", "read the pairing secret, in hex, from `FILE` (\"-\": standard input)")
	return c
}

func (a *app) pair(ctx context.Context, k *keycardFlags, passwordFile, secretFile string) error {
	c, err := a.keycard(ctx, k)
	if err != nil {
		return err
	}
	if !c.Info().Initialized {
		return cli.Hint(errors.New("the card is empty"), `"tapcard keycard init" sets it up and pairs with it`)
	}
	store, err := a.pairings()
	if err != nil {
		return err
	}
	secrets, err := a.pairingSecrets(ctx, store, c, passwordFile, secretFile)
	if err != nil {
		return err
	}
	p, err := store.Pair(ctx, c, secrets...)
	if errors.Is(err, keycard.ErrWrongPassword) {
		return cli.Hint(err, "the password is the one chosen when the card was set up; some programs use KeycardDefaultPairing")
	}
	if err != nil {
		return err
	}
	return a.Print(pairResult{a.cardName(c), p.Slot, c.Info().FreeSlots})
}

// pairingSecrets collects the secrets the card might have. Nothing is asked for when the store knows one.
func (a *app) pairingSecrets(ctx context.Context, store *keycard.Store, c *keycard.Card, passwordFile, secretFile string) ([]secret.Bytes, error) {
	if secretFile != "" {
		s, err := a.askKey(ctx, secretFile, "pairing secret")
		return []secret.Bytes{s}, err
	}
	if s, known, err := store.PairingSecret(c.UID()); err != nil || known && passwordFile == "" {
		s.Destroy() // Pair finds it in the store itself
		return nil, err
	}
	b, err := a.askSecret(ctx, passwordFile, "pairing password")
	if err != nil {
		return nil, err
	}
	password := secret.New(b)
	defer password.Destroy()
	return keycard.PairingSecrets(password), nil
}

// pairResult is the result of "keycard pair".
type pairResult struct {
	Card      string `json:"card"`
	Slot      byte   `json:"slot"`
	FreeSlots int    `json:"free_slots"`
}

// Text prints it for people.
func (r pairResult) Text(w io.Writer) {
	cli.Rows(w, "card", r.Card, "paired", fmt.Sprintf("in slot %d", r.Slot))
}

func newUnpair(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "unpair [SLOT ...]",
		Short: `Free pairing slots: this computer's own, or those named ("keycard pairings" lists them)`,
		RunE: func(c *cobra.Command, args []string) error {
			slots, err := slotArguments(args)
			if err != nil {
				return err
			}
			return a.unpair(c.Context(), k, slots)
		},
	}
}

func slotArguments(args []string) (slots []byte, err error) {
	for _, arg := range args {
		n, err := strconv.ParseUint(arg, 10, 7)
		if err != nil {
			return nil, cli.Usage("%q is not a slot number", arg)
		}
		slots = append(slots, byte(n))
	}
	return slots, nil
}

// confirmSlots asks about slots that are not our own.
func (a *app) confirmSlots(ctx context.Context, slots []byte, own byte) error {
	for _, slot := range slots {
		if slot == own {
			continue
		}
		question := fmt.Sprintf("Slot %d may belong to another computer, which would have to pair again. Free it?", slot)
		if err := a.confirm(ctx, question); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) unpair(ctx context.Context, k *keycardFlags, slots []byte) error {
	s, err := a.unlocked(ctx, k)
	if err != nil {
		return err
	}
	store, err := a.pairings()
	if err != nil {
		return err
	}
	if len(slots) == 0 {
		slots = []byte{s.Slot()}
	}
	if err := a.confirmSlots(ctx, slots, s.Slot()); err != nil {
		return err
	}
	for _, slot := range slots {
		if err := store.Free(ctx, s, slot); err != nil {
			return err
		}
	}
	return a.Print(unpairResult{slots})
}

// unpairResult lists the slots that were freed.
type unpairResult struct{ slots []byte }

// MarshalJSON writes the slots as a list of numbers; a []byte would become base64.
func (r unpairResult) MarshalJSON() ([]byte, error) {
	list := []int{}
	for _, s := range r.slots {
		list = append(list, int(s))
	}
	return json.Marshal(map[string]any{"freed": list})
}

// Text prints it for people.
func (r unpairResult) Text(w io.Writer) {
	for _, s := range r.slots {
		fmt.Fprintf(w, "freed slot %d\n", s)
	}
}

func newPairings(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "pairings",
		Short: "Show which pairing slots are taken, and which are ours (no PIN needed)",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			kc, err := a.keycard(c.Context(), k)
			if err != nil {
				return err
			}
			store, err := a.pairings()
			if err != nil {
				return err
			}
			if kc.Info().FreeSlots > 10 || kc.Info().Version >= 0x0301 {
				a.Say("asking the card about its slots one by one ...")
			}
			slots, err := store.Slots(c.Context(), kc)
			if err != nil {
				return err
			}
			return a.Print(pairingsResult{append([]keycard.Slot{}, slots...), kc.Info().FreeSlots})
		},
	}
}

// pairingsResult is the result of "keycard pairings".
type pairingsResult struct {
	Slots []keycard.Slot `json:"slots"`
	Free  int            `json:"free"`
}

// Text prints it for people.
func (r pairingsResult) Text(w io.Writer) {
	leaked := false
	for _, s := range r.Slots {
		fmt.Fprintf(w, "slot %d\t%s\n", s.Index, s.State)
		leaked = leaked || s.State == keycard.SlotLeaked
	}
	if r.Free >= 0 {
		fmt.Fprintf(w, "free\t%d\n", r.Free)
	}
	if leaked {
		fmt.Fprintln(w, `a slot whose key was lost only takes up room: "tapcard keycard unpair SLOT" frees it`)
	}
}
