package iso7816_test

import (
	"fmt"

	"tapcard.example/iso7816"
)

func Example() {
	selectByName := iso7816.Command{
		INS: iso7816.InsSelect, P1: 0x04, Data: []byte{0xA0, 0x00, 0x00, 0x08, 0x04}, Ne: iso7816.MaxShortNe,
	}
	raw, err := selectByName.Bytes()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%X\n", raw)
	answer, err := iso7816.ParseResponse([]byte{0x63, 0xC2})
	if err != nil {
		fmt.Println(err)
		return
	}
	tries, wrongPIN := answer.SW.TriesLeft()
	fmt.Println(answer.SW, wrongPIN, tries)
	// Output:
	// 00A4040005A00000080400
	// 63C2 true 2
}
