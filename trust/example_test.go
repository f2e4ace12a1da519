package trust_test

import (
	"fmt"
	"os"
	"path/filepath"

	"tapcard.example/trust"
)

func Example() {
	dir, err := os.MkdirTemp("", "trust")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, err := trust.Open(filepath.Join(dir, "trust.json"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, root := range store.List() {
		fmt.Println(root.Card, root.Name, root.Key[:8], root.BuiltIn)
	}
	uid := []byte{0x09, 0xF1, 0x7C, 0xEE}
	fmt.Println(store.SetLabel("keycard", uid, "travel"), store.Card("keycard", uid))
	// Output:
	// keycard Keycard (production) 029ab99e true
	// coinkite Coinkite (production) 03028a0e true
	// <nil> "travel"
}
