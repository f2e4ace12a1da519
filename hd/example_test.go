package hd_test

import (
	"fmt"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

func Example() {
	mnemonic := secret.New([]byte("test test test test test test test test test test test junk"))
	if err := hd.CheckMnemonic(mnemonic); err != nil {
		fmt.Println(err)
		return
	}
	master, err := hd.Master(hd.Seed(mnemonic, secret.Bytes{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer master.Destroy()
	path, err := hd.ParsePath("m/44'/60'/0'")
	if err != nil {
		fmt.Println(err)
		return
	}
	account, err := master.Derive(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The public half is enough to know all addresses of the account.
	first, err := account.Neuter().Derive(hd.Path{0, 0})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: %X\n", path, first.Compressed())
	fmt.Println(account.Private())
	// Output:
	// m/44'/60'/0': 038318535B54105D4A7AAE60C08FC45F9687181B4FDFC625BD1A753FA7397FED75
	// [redacted]
}
