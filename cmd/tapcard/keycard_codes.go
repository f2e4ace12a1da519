package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func newPIN(a *app, k *keycardFlags) *cobra.Command {
	return newCodeChange(a, "pin", "PIN", wire.PINSize, func(ctx context.Context) (codeChange, error) {
		s, err := a.unlocked(ctx, k)
		return s.ChangePIN, err
	})
}

func newPUK(a *app, k *keycardFlags) *cobra.Command {
	return newCodeChange(a, "puk", "PUK", wire.PUKSize, func(ctx context.Context) (codeChange, error) {
		s, err := a.unlocked(ctx, k)
		return s.ChangePUK, err
	})
}

// codeChange is a method of a session that changes a code.
type codeChange = func(context.Context, secret.PIN) error

// newCodeChange makes the command that changes PIN or PUK, of a card that unlock opens.
func newCodeChange(a *app, use, name string, digits int, unlock func(context.Context) (codeChange, error)) *cobra.Command {
	var newFile string
	c := &cobra.Command{
		Use:   use,
		Short: fmt.Sprintf("Change the %s (%d digits)", name, digits),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			change, err := unlock(c.Context())
			if err != nil {
				return err
			}
			code, err := a.askDigits(c.Context(), newFile, "new "+name, digits, true)
			if err != nil {
				return err
			}
			defer code.Destroy()
			if err := change(c.Context(), code); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: name + " changed"})
		},
	}
	c.Flags().StringVar(&newFile, "new-file", "", "read the new "+name+" from `FILE` instead of asking")
	return c
}

func newUnblock(a *app, k *keycardFlags) *cobra.Command {
	var pukFile, newFile string
	c := &cobra.Command{
		Use:   "unblock",
		Short: "Set a new PIN with the PUK, after too many wrong PINs",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.session(c.Context(), k)
			if err != nil {
				return err
			}
			puk, err := a.askDigits(c.Context(), pukFile, "PUK", wire.PUKSize, false)
			if err != nil {
				return err
			}
			defer puk.Destroy()
			pin, err := a.askDigits(c.Context(), newFile, "new PIN", wire.PINSize, true)
			if err != nil {
				return err
			}
			defer pin.Destroy()
			if err := s.Unblock(c.Context(), puk, pin); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "PIN changed and unblocked"})
		},
	}
	c.Flags().StringVar(&pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	c.Flags().StringVar(&newFile, "new-file", "", "read the new PIN from `FILE` instead of asking")
	return c
}

const pairingSecretLong = `The pairing secret lets further computers pair with the card. A card initialised without
a password has a random one of 32 bytes, kept with the pairing on the computer that did it.`

func newPairingSecret(a *app, k *keycardFlags) *cobra.Command {
	c := &cobra.Command{Use: "pairing-secret", Short: "Show or change the secret that new pairings need", Long: pairingSecretLong}
	c.AddCommand(newPairingSecretShow(a, k), newPairingSecretChange(a, k))
	return c
}

func newPairingSecretShow(a *app, k *keycardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the pairing secret that this computer keeps for the card",
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
			return a.showPairingSecret(c.Context(), store, kc.UID())
		},
	}
}

func (a *app) showPairingSecret(ctx context.Context, store *keycard.Store, uid keycard.UID) error {
	s, ok, err := store.PairingSecret(uid)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("this computer does not know the card's pairing secret")
	}
	defer s.Destroy()
	if err := a.confirm(ctx, "Whoever reads the pairing secret can pair with the card. Show it?"); err != nil {
		return err
	}
	return a.Print(shownSecret{s})
}

func newPairingSecretChange(a *app, k *keycardFlags) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "change",
		Short: "Change the pairing secret: to a random one, or to a password",
		Long:  "Change the pairing secret. Existing pairings go on working. Without --password-file it becomes a random one.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.unlocked(c.Context(), k)
			if err != nil {
				return err
			}
			value, err := a.newPairingSecret(c.Context(), file)
			if err != nil {
				return err
			}
			defer value.Destroy()
			store, err := a.pairings()
			if err != nil {
				return err
			}
			if err := store.ChangePairingSecret(c.Context(), s, value); err != nil {
				return err
			}
			return a.Print(cli.Done{Done: "pairing secret changed"})
		},
	}
	c.Flags().StringVar(&file, "password-file", "", "make it the password in `FILE` (\"-\": standard input)")
	return c
}
