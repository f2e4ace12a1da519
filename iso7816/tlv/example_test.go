package tlv_test

import (
	"fmt"

	"tapcard.example/iso7816/tlv"
)

func ExampleParse() {
	// A template A3 with two counters inside it.
	answer := tlv.Append(nil, 0xA3, tlv.Append(tlv.Append(nil, 0x02, []byte{3}), 0x01, []byte{0xFF}))
	outer, err := tlv.Parse(answer, tlv.Strict)
	if err != nil {
		fmt.Println(err)
		return
	}
	template, _ := tlv.Find(outer, 0xA3)
	inner, err := tlv.Parse(template, tlv.Strict)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range inner {
		fmt.Printf("%v = %X\n", e.Tag, e.Value)
	}
	// Output:
	// 02 = 03
	// 01 = FF
}
