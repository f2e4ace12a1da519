package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/internal/cli"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

const keycardLong = `Everything a Keycard can do. A new card goes through

  tapcard keycard init            # give it PIN, PUK and pairing secret; keep what it prints
  tapcard keycard key generate    # or: key load, to put a mnemonic on it
  tapcard eth address             # the address it signs for

The computer that ran init is paired with the card; another one needs "keycard pair" and the pairing secret or
password. Commands that need the PIN ask for it, or read it from --pin-file.`

// keycardFlags are what the commands about Keycards have in common.
type keycardFlags struct {
	pinFile  string
	lastTry  bool
	instance uint8
}

func newKeycard(a *app) *cobra.Command {
	c := &cobra.Command{Use: "keycard", Short: "Set up and use a Keycard", Long: keycardLong}
	k := &keycardFlags{}
	k.register(c)
	key := &cobra.Command{Use: "key", Short: "Load, generate, derive, export and remove keys"}
	key.AddCommand(newKeyLoad(a, k), newKeyGenerate(a, k), newKeyDerive(a, k), newKeyRemove(a, k), newKeyExport(a, k))
	c.AddCommand(
		newInit(a, k), newPair(a, k), newUnpair(a, k), newPairings(a, k), newStatus(a, k),
		newPIN(a, k), newPUK(a, k), newPairingSecret(a, k), newUnblock(a, k),
		key, newMnemonic(a, k), newSign(a, k), newPinless(a, k), newNDEF(a, k), newData(a, k),
		newIdentify(a, k), newFactoryReset(a, k), newDuplicate(a, k), newRestore(a, k))
	return c
}

// register adds the common flags to a command and all below it.
func (k *keycardFlags) register(c *cobra.Command) {
	f := c.PersistentFlags()
	f.StringVar(&k.pinFile, "pin-file", "", `read the PIN from `+"`FILE`"+` ("-": standard input) instead of asking`)
	f.BoolVar(&k.lastTry, "last-try", false, "enter a code although it is the last try before the card is blocked")
	f.Uint8Var(&k.instance, "instance", 1, "number of the applet on the card")
}

// keycard connects to a Keycard.
func (a *app) keycard(ctx context.Context, k *keycardFlags) (*keycard.Card, error) {
	ch, err := a.connect(ctx, card.Wanted{Name: "Keycard", AIDs: [][]byte{wire.KeycardAID(k.instance), wire.OldAID()}})
	if err != nil {
		return nil, err
	}
	return a.selectKeycard(ctx, k, ch)
}

// selectKeycard selects a Keycard over a channel, and says when it is another one than last time.
func (a *app) selectKeycard(ctx context.Context, k *keycardFlags, ch *card.Channel) (*keycard.Card, error) {
	c, err := keycard.Options{SpendLastTry: k.lastTry, Instance: k.instance}.Select(ctx, ch)
	if err != nil {
		return nil, err
	}
	return c, a.noteCard(c)
}

// noteCard remembers which card is in use and says when it changed.
func (a *app) noteCard(c *keycard.Card) error {
	if len(c.Info().InstanceUID) == 0 {
		return nil // not initialised yet: it has no identity
	}
	store, err := a.trustStore()
	if err != nil {
		return err
	}
	last, another, err := store.Seen("keycard", c.Info().InstanceUID)
	if err == nil && another {
		a.Say("this is another card than last time: now %v, before %v", store.Card("keycard", c.Info().InstanceUID), last)
	}
	return err
}

// pairings is the file where pairings are kept.
func (a *app) pairings() (*keycard.Store, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	return keycard.OpenStore(filepath.Join(dir, "pairings.json"))
}

// session opens a secure channel with the pairing that is stored for the card.
func (a *app) session(ctx context.Context, k *keycardFlags) (*keycard.Session, error) {
	c, err := a.keycard(ctx, k)
	if err != nil {
		return nil, err
	}
	return a.openSession(ctx, c)
}

// openSession opens a secure channel to a card that is selected.
func (a *app) openSession(ctx context.Context, c *keycard.Card) (*keycard.Session, error) {
	if !c.Info().Initialized {
		return nil, cli.Hint(errors.New("the card is empty"), `give it a PIN first: "tapcard keycard init"`)
	}
	store, err := a.pairings()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, c)
}

// unlocked is session with the PIN verified.
func (a *app) unlocked(ctx context.Context, k *keycardFlags) (*keycard.Session, error) {
	s, err := a.session(ctx, k)
	if err != nil {
		return nil, err
	}
	return s, a.verifyPIN(ctx, s, k)
}

func (a *app) verifyPIN(ctx context.Context, s *keycard.Session, k *keycardFlags) error {
	pin, err := a.askDigits(ctx, k.pinFile, "PIN", wire.PINSize, false)
	if err != nil {
		return err
	}
	defer pin.Destroy()
	return s.VerifyPIN(ctx, pin)
}

// parsePath reads a derivation path given as an argument or flag.
func parsePath(text string) (hd.Path, error) {
	p, err := hd.ParsePath(text)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	return p, nil
}

// parseDigest reads a 32-byte digest in hex.
func parseDigest(text string) (d [32]byte, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(d) {
		return d, cli.UsageError{Err: fmt.Errorf("a digest is 32 bytes, 64 hexadecimal digits")}
	}
	return [32]byte(b), nil
}
