package hd

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestBase58KeepsLeadingZeros(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "1": "00", "11": "0000", "2": "01", "z": "39", "21": "3a", "5Q": "ff", "5R": "0100", "12": "0001",
		"15Q": "00ff", "LUv": "ffff",
	} {
		b, err := decodeBase58([]byte(text))
		if err != nil || hex.EncodeToString(b) != want {
			t.Errorf("%s is %x, %v", text, b, err)
		}
		if got := string(encodeBase58(b)); got != text {
			t.Errorf("%s is written %s", text, got)
		}
	}
}

func FuzzBase58(f *testing.F) {
	f.Add([]byte{0, 0, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 200 {
			return // the work is quadratic
		}
		back, err := decodeCheck(encodeCheck(bytes.Clone(b)))
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("%x becomes %x, %v", b, back, err)
		}
		if back, err := decodeBase58(b); err == nil && !bytes.Equal(encodeBase58(back), b) {
			t.Fatalf("%q becomes %q", b, encodeBase58(back))
		}
	})
}
