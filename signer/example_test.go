package signer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tapcard.example/card"
	"tapcard.example/signer"
)

// A card signs, is swapped for another one that claims to be the same, and is found out.
func Example() {
	dir, err := os.MkdirTemp("", "signer")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	keys, err := signer.OpenKeys(filepath.Join(dir, "keys.json"))
	if err != nil {
		fmt.Println(err)
		return
	}
	blue := newFake() // a real program has a keycard.Session here
	s := signer.Signer{Card: blue, Keys: keys,
		Approve: func(_ context.Context, what signer.Summary) error { fmt.Print(what); return nil },
		Confirm: func(context.Context, signer.NewKey) error { return nil },
	}
	request := signer.Request{Path: ethPath, Digest: [32]byte{1}, Summary: signer.Summary{Title: "A greeting"}}
	_, err = s.Sign(context.Background(), request)
	fmt.Println(err)
	blue.signWith = privateKey(99)
	_, err = s.Sign(context.Background(), request)
	fmt.Println(errors.Is(err, card.ErrCardMismatch))
	// Output:
	// A greeting
	//   Card: blue (keycard 6d2ba0ff)
	//   Path: m/44'/60'/0'/0/0
	// <nil>
	// A greeting
	//   Card: blue (keycard 6d2ba0ff)
	//   Path: m/44'/60'/0'/0/0
	// true
}
