package tlv_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816/tlv"
)

func encode(elements []tlv.Element) []byte {
	var b []byte
	for _, e := range elements {
		b = tlv.Append(b, e.Tag, e.Value)
	}
	return b
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "8001AA", "A4 81 05 0102030405", "5F4900", "DF81018100", "A480 0000",
		"8084FFFFFFFF"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		strict, err := tlv.Parse(in, tlv.Strict)
		if err == nil && !bytes.Equal(encode(strict), in) {
			t.Fatalf("%X has another strict encoding, %X", in, encode(strict))
		}
		if err != nil && !errors.Is(err, tlv.ErrTLV) {
			t.Fatalf("error of another kind: %v", err)
		}
		lenient, lerr := tlv.Parse(in, tlv.Lenient)
		if err == nil && lerr != nil {
			t.Fatalf("lenient refuses what strict accepts: %v", lerr)
		}
		if lerr != nil {
			return
		}
		again, err := tlv.Parse(encode(lenient), tlv.Lenient)
		if err != nil || !bytes.Equal(encode(again), encode(lenient)) {
			t.Fatalf("%X changes when it is written again: %v", in, err)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint32(0x80), []byte("value"), false)
	f.Add(uint32(0x5F49), bytes.Repeat([]byte{7}, 300), true)
	f.Fuzz(func(t *testing.T, number uint32, value []byte, long bool) {
		tag, write, mode := tlv.Tag(number&0xFFFFFF), tlv.Append, tlv.Strict
		if e, rest, err := tlv.Next(tlv.Append(nil, tag, nil), tlv.Strict); err != nil || len(rest) != 0 || e.Tag != tag {
			return // not a tag
		}
		if long {
			write, mode = tlv.AppendLong, tlv.Lenient
		}
		e, rest, err := tlv.Next(append(write(nil, tag, value), 0x55), mode)
		if err != nil || e.Tag != tag || !bytes.Equal(e.Value, value) || !bytes.Equal(rest, []byte{0x55}) {
			t.Fatalf("tag %v, %d bytes, rest %X: %v", e.Tag, len(e.Value), rest, err)
		}
	})
}
