package iso7816_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"tapcard.example/iso7816"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func command(n, ne int) iso7816.Command {
	c := iso7816.Command{CLA: 0x80, INS: 0xC0, P1: 0x01, P2: 0x02, Ne: ne}
	if n > 0 {
		c.Data = bytes.Repeat([]byte{0xDA}, n)
	}
	return c
}

// The seven cases of ISO/IEC 7816-4:2020 §5.2: 1, 2S, 3S, 4S, 2E, 3E, 4E, each at the edges of its lengths.
func TestTheSevenCasesAtTheirEdges(t *testing.T) {
	for _, tt := range []struct {
		name    string
		n, ne   int
		prefix  string // what stands between header and data
		postfix string // what stands after the data
	}{
		{"1", 0, 0, "", ""},
		{"2S least", 0, 1, "", "01"},
		{"2S most", 0, 256, "", "00"},
		{"3S least", 1, 0, "01", ""},
		{"3S most", 255, 0, "FF", ""},
		{"4S least", 1, 1, "01", "01"},
		{"4S most", 255, 256, "FF", "00"},
		{"2E least", 0, 257, "00", "0101"},
		{"2E most", 0, 65536, "00", "0000"},
		{"3E least", 256, 0, "00 0100", ""},
		{"3E most", 65535, 0, "00 FFFF", ""},
		{"4E long data", 256, 1, "00 0100", "0001"},
		{"4E long answer", 1, 257, "00 0001", "0101"},
		{"4E most", 65535, 65536, "00 FFFF", "0000"},
	} {
		c := command(tt.n, tt.ne)
		want := append(unhex(t, "80C00102"+tt.prefix), c.Data...)
		want = append(want, unhex(t, tt.postfix)...)
		got, err := c.Bytes()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("case %s is written %X..., %v", tt.name, got[:min(len(got), 12)], err)
		}
		back, err := iso7816.ParseCommand(want)
		if err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("case %s is read as %v with Ne %d, %v", tt.name, back, back.Ne, err)
		}
	}
}

func TestParseCommandReadsWhatBytesNeverWrites(t *testing.T) {
	for in, want := range map[string]iso7816.Command{
		"80C00102 00 0005":         command(0, 5), // extended where short would do
		"80C00102 00 0001 DA":      command(1, 0),
		"80C00102 00 0001 DA 0005": command(1, 5),
	} {
		got, err := iso7816.ParseCommand(unhex(t, in))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, Ne %d, %v", in, got, got.Ne, err)
		}
	}
}

func TestParseCommandRefusesLengthsThatDoNotAddUp(t *testing.T) {
	for what, in := range map[string]string{
		"nothing":                         "",
		"three bytes of header":           "80C001",
		"less data than Lc":               "80C00102 03 DADA",
		"more data than Lc and Le":        "80C00102 01 DA 0000",
		"half an extended length":         "80C00102 00 01",
		"less data than extended Lc":      "80C00102 00 0003 DADA",
		"one byte of extended Le":         "80C00102 00 0001 DA 00",
		"three bytes of extended Le":      "80C00102 00 0001 DA 000000",
		"extended Lc of zero, with Le":    "80C00102 00 0000 0000",
		"extended Lc of zero, short Le":   "80C00102 00 0000 00",
		"data after an extended Le alone": "80C00102 00 0005 DA",
	} {
		if c, err := iso7816.ParseCommand(unhex(t, in)); !errors.Is(err, iso7816.ErrCommand) {
			t.Errorf("%s: %v, %v", what, c, err)
		}
	}
	if _, err := iso7816.ParseCommand(make([]byte, 4+3+65535+2+1)); !errors.Is(err, iso7816.ErrCommand) {
		t.Errorf("longer than any command: %v", err)
	}
}

func TestBytesRefusesLengthsOutOfRange(t *testing.T) {
	for _, c := range []iso7816.Command{command(65536, 0), command(0, 65537), command(0, -1)} {
		if b, err := c.Bytes(); !errors.Is(err, iso7816.ErrCommand) || b != nil {
			t.Errorf("%d bytes of data, Ne %d: %v", len(c.Data), c.Ne, err)
		}
	}
}

func TestChainSplitsDataAndOnlyTheLastLinkExpectsAnAnswer(t *testing.T) {
	for n, lengths := range map[int][]int{0: {0}, 1: {1}, 10: {10}, 11: {10, 1}, 20: {10, 10}, 21: {10, 10, 1}} {
		whole := command(n, 256)
		chain := whole.Chain(10)
		if len(chain) != len(lengths) {
			t.Fatalf("%d bytes make %d commands", n, len(chain))
		}
		var data []byte
		for i, c := range chain {
			last := i == len(chain)-1
			if len(c.Data) != lengths[i] || c.INS != whole.INS || c.P1 != whole.P1 || c.P2 != whole.P2 {
				t.Errorf("%d bytes, command %d: %v", n, i, c)
			}
			if (c.CLA == 0x90) == last || (c.Ne == 256) != last {
				t.Errorf("%d bytes, command %d of %d: CLA %02X, Ne %d", n, i, len(chain), c.CLA, c.Ne)
			}
			data = append(data, c.Data...)
		}
		if !bytes.Equal(data, whole.Data) {
			t.Errorf("%d bytes do not come together again", n)
		}
	}
}

func TestChainedRecognisesEveryLinkThatChainMakes(t *testing.T) {
	for _, cla := range []byte{0x00, 0x0C, 0x40, 0x80, 0x84, 0xC0} {
		c := command(20, 0)
		c.CLA = cla
		chain := c.Chain(10)
		if !chain[0].Chained() || chain[1].Chained() {
			t.Errorf("class %02X: first %v, last %v", cla, chain[0].Chained(), chain[1].Chained())
		}
	}
	for _, cla := range []byte{0x30, 0xB0, 0xFF} {
		if (iso7816.Command{CLA: cla}).Chained() {
			t.Errorf("class %02X has no chaining bit", cla)
		}
	}
}

func TestChainNeverExceedsAShortCommand(t *testing.T) {
	for _, size := range []int{-1, 0, 256, 1000} {
		if chain := command(300, 0).Chain(size); len(chain) != 2 || len(chain[0].Data) != 255 {
			t.Errorf("size %d: %d commands", size, len(chain))
		}
	}
}

func TestCommandPrintsLengthsAndNoData(t *testing.T) {
	c := iso7816.Command{CLA: 0x80, INS: 0x20, Data: []byte("123456")}
	if got := c.String(); got != "80 20 00 00, 6 bytes" {
		t.Error(got)
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, seed := range []string{"00A40400", "00A4040000", "00A40400 02 A000", "00A40400 02 A000 00", "00A40400 00 0000",
		"00A40400 00 0002 A000", "00A40400 00 0002 A000 0100"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := iso7816.ParseCommand(in)
		if err != nil {
			if !errors.Is(err, iso7816.ErrCommand) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		out, err := c.Bytes()
		if err != nil || len(out) > len(in) {
			t.Fatalf("%X read as %v is written %X, %v", in, c, out, err)
		}
		again, err := iso7816.ParseCommand(out)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%X changes from %v to %v, %v", in, c, again, err)
		}
	})
}
