package contracts_test

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/contracts"
)

func ExampleLoad() {
	vault, err := contracts.Load("Vault")
	if err != nil {
		panic(err)
	}
	fmt.Println(vault.Libraries())
	_, err = vault.Code(map[string]common.Address{"Bonds": {1}})
	fmt.Println(err != nil)
	// Output:
	// [Bonds Chain Court Evidence Merchants Owners]
	// true
}
