package iso7816_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816"
)

func TestResponseRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 256, 65536} {
		r := iso7816.Response{Data: bytes.Repeat([]byte{7}, n), SW: 0x63C2}
		b := r.Bytes()
		got, err := iso7816.ParseResponse(b)
		if err != nil || len(b) != n+2 || !bytes.Equal(got.Data, r.Data) || got.SW != r.SW {
			t.Errorf("%d bytes: %v, %v", n, got, err)
		}
		if cap(got.Data) != n {
			t.Errorf("%d bytes: appending to the data would overwrite the status word", n)
		}
	}
}

func TestParseResponseRefusesTooShortAndTooLong(t *testing.T) {
	for _, n := range []int{0, 1, 65539} {
		if r, err := iso7816.ParseResponse(make([]byte, n)); !errors.Is(err, iso7816.ErrResponse) {
			t.Errorf("%d bytes: %v, %v", n, r, err)
		}
	}
}

func TestResponsePrintsLengthAndStatusAndNoData(t *testing.T) {
	if got := (iso7816.Response{Data: []byte("secret"), SW: iso7816.OK}).String(); got != "6 bytes, 9000" {
		t.Error(got)
	}
}

func TestStatusReadsTheTriesLeft(t *testing.T) {
	for sw, want := range map[iso7816.Status]int{0x63C0: 0, 0x63C2: 2, 0x63CF: 15} {
		if n, ok := sw.TriesLeft(); !ok || n != want {
			t.Errorf("%v: %d, %v", sw, n, ok)
		}
	}
	for _, sw := range []iso7816.Status{0x6300, 0x63B2, 0x63D0, 0x9000, 0x6983, 0x00C2} {
		if n, ok := sw.TriesLeft(); ok || n != 0 {
			t.Errorf("%v is taken for a counter: %d", sw, n)
		}
	}
}

func TestStatusIsWrittenAsItsTwoBytes(t *testing.T) {
	if s := iso7816.Status(0x0102); s.SW1() != 1 || s.SW2() != 2 || s.String() != "0102" {
		t.Errorf("%v: %02X %02X", s, s.SW1(), s.SW2())
	}
}

func FuzzParseResponse(f *testing.F) {
	f.Add([]byte{0x90, 0x00})
	f.Add([]byte{1, 2, 3, 0x63, 0xC2})
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := iso7816.ParseResponse(in)
		if err == nil && !bytes.Equal(r.Bytes(), in) {
			t.Fatalf("%X becomes %X", in, r.Bytes())
		}
		if err != nil && len(in) >= 2 && len(in) <= 65538 {
			t.Fatalf("%d bytes refused: %v", len(in), err)
		}
	})
}
