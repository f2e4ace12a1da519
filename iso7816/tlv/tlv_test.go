package tlv_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tapcard.example/iso7816/tlv"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNextReadsOneElementAndReturnsTheRest(t *testing.T) {
	long := strings.Repeat("00", 0x100)
	for _, tt := range []struct {
		in          string
		lenientOnly bool
		tag         tlv.Tag
		length      int
		rest        int
	}{
		{in: "80 00", tag: 0x80},
		{in: "80 03 010203 8100", tag: 0x80, length: 3, rest: 2},
		{in: "5F49 01 FF", tag: 0x5F49, length: 1},
		{in: "DF8101 01 FF", tag: 0xDF8101, length: 1},
		{in: "A4 8180" + long[:256], tag: 0xA4, length: 0x80},
		{in: "A4 81FF" + long[:510], tag: 0xA4, length: 0xFF},
		{in: "A4 820100" + long, tag: 0xA4, length: 0x100},
		{in: "A4 8105 0102030405", lenientOnly: true, tag: 0xA4, length: 5},
		{in: "A4 820005 0102030405", lenientOnly: true, tag: 0xA4, length: 5},
		{in: "A4 8200FF" + long[:510], lenientOnly: true, tag: 0xA4, length: 0xFF},
		{in: "A4 83000100" + long, lenientOnly: true, tag: 0xA4, length: 0x100},
		{in: "A4 8400000000 80", lenientOnly: true, tag: 0xA4, rest: 1},
		{in: "9F02 01 FF", lenientOnly: true, tag: 0x9F02, length: 1},
		{in: "9F8002 01 FF", lenientOnly: true, tag: 0x9F8002, length: 1},
	} {
		name := tt.in[:min(len(tt.in), 20)]
		in := unhex(t, tt.in)
		e, rest, err := tlv.Next(in, tlv.Lenient)
		if err != nil || e.Tag != tt.tag || len(e.Value) != tt.length || len(rest) != tt.rest {
			t.Errorf("%s lenient: tag %v, %d bytes, rest %d, %v", name, e.Tag, len(e.Value), len(rest), err)
		}
		if cap(e.Value) != len(e.Value) {
			t.Errorf("%s: appending to the value would overwrite what follows it", name)
		}
		_, _, err = tlv.Next(in, tlv.Strict)
		if tt.lenientOnly != errors.Is(err, tlv.ErrTLV) {
			t.Errorf("%s strict: %v", name, err)
		}
	}
}

func TestBothModesRefuse(t *testing.T) {
	for what, in := range map[string]string{
		"nothing":                           "",
		"a tag of zero":                     "00 00",
		"a tag alone":                       "80",
		"half of a two-byte tag":            "5F",
		"two thirds of a three-byte tag":    "DF81",
		"a tag of four bytes":               "DF818101 00",
		"an indefinite length":              "A4 80 8001FF 0000",
		"a length of five bytes":            "80 850000000001 FF",
		"the reserved length FF":            "80 FF",
		"a length cut short":                "80 82 01",
		"a value cut short":                 "80 02 01",
		"four gigabytes that are not there": "80 84FFFFFFFF 01",
		"a negative length on 32 bits":      "80 8480000000 01",
	} {
		for _, m := range []tlv.Mode{tlv.Strict, tlv.Lenient} {
			if e, _, err := tlv.Next(unhex(t, in), m); !errors.Is(err, tlv.ErrTLV) {
				t.Errorf("%s, mode %d: %v, %v", what, m, e, err)
			}
		}
	}
}

func TestParseTakesEverythingOrNothing(t *testing.T) {
	elements, err := tlv.Parse(unhex(t, "8001AA 8100 8001BB"), tlv.Strict)
	if err != nil || len(elements) != 3 {
		t.Fatalf("%v, %v", elements, err)
	}
	if v, ok := tlv.Find(elements, 0x80); !ok || !bytes.Equal(v, []byte{0xAA}) {
		t.Errorf("Find does not give the first of two: %X", v)
	}
	if v, ok := tlv.Find(elements, 0x81); !ok || len(v) != 0 {
		t.Errorf("Find loses an empty value: %X, %v", v, ok)
	}
	if _, ok := tlv.Find(elements, 0x82); ok {
		t.Error("Find finds what is not there")
	}
	for _, in := range []string{"8001AA 00", "8001AA 0000", "8001AA 80", "8001AA 8002BB"} {
		elements, err := tlv.Parse(unhex(t, in), tlv.Lenient)
		if !errors.Is(err, tlv.ErrTLV) || elements != nil || !strings.Contains(err.Error(), "at byte 3") {
			t.Errorf("%s: %v, %v", in, elements, err)
		}
	}
	if elements, err := tlv.Parse(nil, tlv.Strict); err != nil || len(elements) != 0 {
		t.Errorf("empty input: %v, %v", elements, err)
	}
}

func TestHostileLengthsAllocateNothing(t *testing.T) {
	in := unhex(t, "A4 847FFFFFFF 00")
	// What remains is the error value itself.
	if n := testing.AllocsPerRun(100, func() { _, _, _ = tlv.Next(in, tlv.Strict) }); n > 5 {
		t.Errorf("%v allocations", n)
	}
}

func TestAppendWritesTheShortestLength(t *testing.T) {
	for n, header := range map[int]string{
		0: "8000", 1: "8001", 127: "807F", 128: "808180", 255: "8081FF", 256: "80820100", 65535: "8082FFFF",
		65536: "8083010000", 1 << 24: "808401000000",
	} {
		if got := tlv.Append(nil, 0x80, make([]byte, n)); !bytes.HasPrefix(got, unhex(t, header)) ||
			len(got) != n+len(header)/2 {
			t.Errorf("%d bytes begin with %X", n, got[:min(6, len(got))])
		}
	}
	for n, header := range map[int]string{0: "A18100", 5: "A18105", 127: "A1817F", 128: "A18180", 256: "A1820100"} {
		if got := tlv.AppendLong(nil, 0xA1, make([]byte, n)); !bytes.HasPrefix(got, unhex(t, header)) {
			t.Errorf("%d bytes in the long form begin with %X", n, got[:3])
		}
	}
	if got := tlv.Append([]byte{1}, 0x5F49, []byte{2}); !bytes.Equal(got, unhex(t, "01 5F49 01 02")) {
		t.Errorf("%X", got)
	}
}

func TestTagKnowsItsBytes(t *testing.T) {
	for tag, want := range map[tlv.Tag]string{0x02: "02", 0xA4: "A4", 0x5F49: "5F49", 0xDF8101: "DF8101"} {
		if tag.String() != want {
			t.Errorf("%v, want %s", tag, want)
		}
	}
	for tag, want := range map[tlv.Tag]bool{0x02: false, 0xA4: true, 0x5F49: false, 0x7F49: true, 0xFF8101: true,
		0xDF8101: false, 0x5FA4: false} {
		if tag.Constructed() != want {
			t.Errorf("%v: constructed %v", tag, !want)
		}
	}
}
