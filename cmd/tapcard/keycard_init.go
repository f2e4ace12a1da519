package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

const initLong = `Give an empty card its PIN (6 digits), PUK (12 digits) and pairing secret, and pair with it.

The pairing secret is a random one, kept on this computer ("keycard pairing-secret show"), unless
--password-file names a password. Do it in a place where nobody can get between reader and card: this is the
one command that the card cannot protect.

Cards from 3.1 on have a duress PIN: whoever enters it instead of the PIN gets a card that looks the same and
derives other keys. Such a card takes the PUK's first six digits unless told. By default this command sets one
that nobody can enter; --duress-file chooses one, --duress-from-puk accepts the card's habit.`

// initFlags are the flags of "keycard init".
type initFlags struct {
	pukFile, passwordFile, duressFile string
	duressFromPUK                     bool
	pinTries, pukTries                int
}

func newInit(a *app, k *keycardFlags) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Set up an empty card: PIN, PUK, pairing",
		Long:  initLong,
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return a.initCard(c.Context(), k, f) },
	}
	c.Flags().StringVar(&f.pukFile, "puk-file", "", "read the PUK from `FILE` instead of asking")
	c.Flags().StringVar(&f.passwordFile, "password-file", "", "use the pairing password in `FILE` instead of a random secret")
	c.Flags().StringVar(&f.duressFile, "duress-file", "", "set the duress PIN in `FILE` (3.1)")
	c.Flags().BoolVar(&f.duressFromPUK, "duress-from-puk", false, "let the duress PIN be the first 6 digits of the PUK (3.1)")
	c.Flags().IntVar(&f.pinTries, "pin-tries", 0, "tries before the PIN is blocked, 2 to 10 (3.1; default 3)")
	c.Flags().IntVar(&f.pukTries, "puk-tries", 0, "tries before the PUK is blocked, 3 to 12 (3.1; default 5)")
	return c
}

func (a *app) initCard(ctx context.Context, k *keycardFlags, f initFlags) error {
	c, err := a.keycard(ctx, k)
	if err != nil {
		return err
	}
	if c.Info().Initialized {
		return cli.Hint(errors.New("the card is initialised already"), `"tapcard keycard pair" makes it known to this computer`)
	}
	modern, err := c.HasDuressPIN(ctx)
	if err != nil {
		return err
	}
	o, err := a.askInit(ctx, k, f, modern)
	if err != nil {
		return err
	}
	defer o.PIN.Destroy()
	defer o.PUK.Destroy()
	store, err := a.pairings()
	if err != nil {
		return err
	}
	if err := store.Init(ctx, c, o); err != nil {
		return err
	}
	if err := a.noteCard(c); err != nil {
		return err
	}
	p, err := store.Pair(ctx, c)
	if err != nil {
		return fmt.Errorf(`the card is initialised, pairing failed ("keycard pair" tries again): %w`, err)
	}
	return a.Print(initResult{a.cardName(c), c.Info().Version.String(), p.Slot})
}

// askInit asks for everything that INIT sets.
func (a *app) askInit(ctx context.Context, k *keycardFlags, f initFlags, modern bool) (o keycard.InitOptions, err error) {
	o = keycard.InitOptions{PINTries: f.pinTries, PUKTries: f.pukTries}
	if o.PIN, err = a.askDigits(ctx, k.pinFile, "PIN", wire.PINSize, true); err != nil {
		return o, err
	}
	if o.PUK, err = a.askDigits(ctx, f.pukFile, "PUK", wire.PUKSize, true); err != nil {
		return o, err
	}
	if f.passwordFile != "" {
		if o.PairingSecret, err = a.newPairingSecret(ctx, f.passwordFile); err != nil {
			return o, err
		}
	}
	if !modern && f.duressFile == "" && !f.duressFromPUK {
		return o, nil
	}
	o.Duress, err = a.askDuress(ctx, f)
	return o, err
}

func (a *app) askDuress(ctx context.Context, f initFlags) (keycard.Duress, error) {
	switch {
	case f.duressFromPUK && f.duressFile != "":
		return keycard.Duress{}, cli.UsageError{Err: errors.New("--duress-file or --duress-from-puk, not both")}
	case f.duressFromPUK:
		return keycard.DuressFromPUK(), nil
	case f.duressFile != "":
		pin, err := a.askDigits(ctx, f.duressFile, "duress PIN", wire.PINSize, true)
		return keycard.DuressPIN(pin), err
	}
	return keycard.NoDuress(), nil
}

// wellKnownPasswords are pairing passwords that programs set without asking; everybody knows them.
var wellKnownPasswords = []string{"KeycardDefaultPairing", "KeycardTest", "WalletAppletTest"}

// newPairingSecret makes a pairing secret: from the password in a file, or a random one.
func (a *app) newPairingSecret(ctx context.Context, passwordFile string) (secret.Bytes, error) {
	if passwordFile == "" {
		return keycard.Options{}.NewPairingSecret()
	}
	b, err := a.askSecret(ctx, passwordFile, "pairing password")
	if err != nil {
		return secret.Bytes{}, err
	}
	password := secret.New(b)
	defer password.Destroy()
	if password.Len() == 0 {
		return secret.Bytes{}, cli.UsageError{Err: errors.New("the pairing password is empty")}
	}
	for _, known := range wellKnownPasswords {
		if password.Equal(secret.Copy([]byte(known))) {
			a.Say("warning: this pairing password is well known: whoever finds the card can take its pairing slots")
		}
	}
	secrets := keycard.PairingSecrets(password)
	for _, other := range secrets[1:] {
		other.Destroy()
	}
	return secrets[0], nil
}

// initResult is the result of "keycard init".
type initResult struct {
	Card    string `json:"card"`
	Version string `json:"version"`
	Slot    byte   `json:"slot"`
}

// Text prints it for people.
func (r initResult) Text(w io.Writer) {
	cli.Rows(w, "card", r.Card, "version", r.Version, "paired", fmt.Sprintf("in slot %d", r.Slot))
	fmt.Fprintln(w, `next: "tapcard keycard key generate", or "key load" for a mnemonic you have`)
}
