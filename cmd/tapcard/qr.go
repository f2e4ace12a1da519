package main

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"
)

// writeQR draws a QR code with half blocks: two modules above each other in one character, dark on light, with the quiet
// zone of four modules that readers want (ISO/IEC 18004:2015 §9.1).
func writeQR(w io.Writer, text string) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		fmt.Fprintln(w, "too long for a QR code")
		return
	}
	const quiet = 4
	dark := func(x, y int) bool { return code.Black(x, y) } // false outside the code
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("\x1b[30;47m")
		for x := -quiet; x < code.Size+quiet; x++ {
			b.WriteString(halfBlock(dark(x, y), dark(x, y+1)))
		}
		b.WriteString("\x1b[0m\n")
	}
	io.WriteString(w, b.String())
}

func halfBlock(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
