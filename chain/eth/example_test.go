package eth_test

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/chain/eth"
)

// What the owner of the card sees before a transfer is signed.
func ExampleParseTransaction() {
	tx, err := eth.ParseTransaction([]byte(`{
		"chainId": 11155111, "nonce": 4, "gas": 21000,
		"maxFeePerGas": "2000000000", "maxPriorityFeePerGas": "1000000000",
		"to": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "value": "1500000000000000000"
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(tx.Summary(common.HexToAddress("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")))
	// Output:
	// Ethereum transaction, dynamic fee (EIP-1559)
	//   Network:     Sepolia (test) (chain 11155111)
	//   From:        0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
	//   To:          0x70997970C51812dc3A010C7d01b50e0d17dc79C8
	//   Value:       1.5 ether
	//   Nonce:       4
	//   Gas limit:   21000
	//   Fee per gas: at most 2 gwei, of which at most 1 gwei to the block's maker
	//   Fee:         at most 0.000042 ether
}

// A transaction that would hand the account to a contract is refused.
func ExampleParseTransaction_setCode() {
	_, err := eth.ParseTransaction([]byte(`{"type": 4, "chainId": 1, "nonce": 0, "gas": 100000, "authorizationList": []}`))
	fmt.Println(err)
	// Output:
	// refused: an EIP-7702 authorization hands the whole account to a contract
}
