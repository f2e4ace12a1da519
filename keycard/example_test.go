package keycard_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/secret"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// A software card stands in for a real one: with transport/pcsc the rest stays as it is.
func Example() {
	soft, err := applet.NewCard(applet.Options{Profile: applet.V3_1, Env: softcard.NewEnv(softcard.NewStore())})
	if err != nil {
		fmt.Println(err)
		return
	}
	link := loopback.Connect(soft, "example")
	defer link.Close()
	dir, err := os.MkdirTemp("", "keycard")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := newWallet(context.Background(), link, filepath.Join(dir, "pairings.json")); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Keycard 3.1 is initialised: true
	// m/44'/60'/0'/0/0 signs: true
}

func newWallet(ctx context.Context, link card.Link, pairings string) error {
	store, err := keycard.OpenStore(pairings)
	if err != nil {
		return err
	}
	c, err := keycard.Select(ctx, card.NewChannel(link))
	if err != nil {
		return err
	}
	pin, _ := secret.NewPIN([]byte("123456"), 6)
	puk, _ := secret.NewPIN([]byte("123456789012"), 12)
	if err := store.Init(ctx, c, keycard.InitOptions{PIN: pin, PUK: puk, Duress: keycard.NoDuress()}); err != nil {
		return err
	}
	fmt.Printf("Keycard %v is initialised: %v\n", c.Info().Version, c.Info().Initialized)
	if _, err := store.Pair(ctx, c); err != nil { // the store knows the pairing secret it has made
		return err
	}
	s, err := store.Open(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.VerifyPIN(ctx, pin); err != nil {
		return err
	}
	if _, err := s.GenerateKey(ctx); err != nil {
		return err
	}
	path, err := hd.ParsePath("m/44'/60'/0'/0/0")
	if err != nil {
		return err
	}
	public, err := s.ExportPublic(ctx, keycard.At(path))
	if err != nil {
		return err
	}
	digest := [32]byte{1, 2, 3}
	sig, err := s.SignAs(ctx, digest, keycard.At(path), public)
	if err != nil {
		return err
	}
	fmt.Printf("%v signs: %v\n", path, sig.Verify(digest, public) == nil)
	return nil
}
