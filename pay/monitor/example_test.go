package monitor_test

import (
	"fmt"

	"tapcard.example/pay/monitor"
)

// What an owner gives has to be two offers, or one receipt.
func ExampleParseEvidence() {
	e, err := monitor.ParseEvidence([]byte(`{
		"merchant": "0x1111111111111111111111111111111111111111",
		"terminal": "0x2222222222222222222222222222222222222222",
		"certificate": "0x00",
		"receipt": {"card": "0x3333333333333333333333333333333333333333", "counter": 7, "amount": 2500000, "signature": "0x00"}
	}`))
	fmt.Println(e.Receipt.Card, e.Receipt.Amount, err)
	_, err = monitor.ParseEvidence([]byte(`{"offers": [{"id": "0x00"}]}`))
	fmt.Println(err)
	// Output:
	// 0x3333333333333333333333333333333333333333 2500000 <nil>
	// this proves nothing: it takes two offers, or one receipt
}
