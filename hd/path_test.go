package hd_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"tapcard.example/hd"
)

func TestParsePathReadsAllThreeMarksOfHardened(t *testing.T) {
	eth := hd.Path{44 | hd.Hardened, 60 | hd.Hardened, hd.Hardened, 0, 0}
	for s, want := range map[string]hd.Path{
		"m":                          {},
		"m/0":                        {0},
		"m/44'/60'/0'/0/0":           eth,
		"m/44h/60H/0'/0/0":           eth,
		"m/2147483647'/2147483647":   {0xFFFFFFFF, 0x7FFFFFFF},
		"m/0000000044'/060'/00'/0/0": eth,
	} {
		if p, err := hd.ParsePath(s); err != nil || !slices.Equal(p, want) {
			t.Errorf("%s: %v, %v", s, p, err)
		}
	}
	if eth.String() != "m/44'/60'/0'/0/0" || (hd.Path{}).String() != "m" {
		t.Errorf("%v, %v", eth, hd.Path{})
	}
}

func TestParsePathRefuses(t *testing.T) {
	for what, s := range map[string]string{
		"nothing":              "",
		"no root":              "44'/60'",
		"leading slash":        "/m/0",
		"public root":          "M/0",
		"trailing slash":       "m/",
		"second slash":         "m/0//0",
		"slash at the end":     "m/0/",
		"mark alone":           "m/'",
		"two marks":            "m/0''",
		"mark before":          "m/'0",
		"plus":                 "m/+1",
		"minus":                "m/-1",
		"hexadecimal":          "m/0x1",
		"underscore":           "m/1_0",
		"a space":              "m/ 1",
		"another script":       "m/١",
		"2³¹":                  "m/2147483648",
		"2³¹ hardened":         "m/2147483648'",
		"2³²":                  "m/4294967296",
		"2⁶⁴":                  "m/18446744073709551616",
		"a very long number":   "m/" + strings.Repeat("9", 1<<16),
		"256 components":       "m" + strings.Repeat("/0", 256),
		"a million components": "m" + strings.Repeat("/", 1<<20),
	} {
		if p, err := hd.ParsePath(s); !errors.Is(err, hd.ErrPath) || p != nil || len(err.Error()) > 100 {
			t.Errorf("%s: %v, %.200v", what, p, err)
		}
	}
	if p, err := hd.ParsePath("m" + strings.Repeat("/0", 255)); err != nil || len(p) != 255 {
		t.Errorf("255 components: %v", err)
	}
	if _, err := hd.ParsePath("m/1/2/x"); !strings.Contains(err.Error(), "component 3 is not a number") {
		t.Error(err)
	}
}

func TestPathBytesAreFourBigEndianBytesAComponent(t *testing.T) {
	p := hd.Path{44 | hd.Hardened, 1}
	want := []byte{0x80, 0, 0, 44, 0, 0, 0, 1}
	if !bytes.Equal(p.Bytes(), want) {
		t.Errorf("%X", p.Bytes())
	}
	if back, err := hd.PathFromBytes(want); err != nil || !slices.Equal(back, p) {
		t.Errorf("%v, %v", back, err)
	}
	if back, err := hd.PathFromBytes(nil); err != nil || len(back) != 0 {
		t.Errorf("no bytes: %v, %v", back, err)
	}
	for _, n := range []int{1, 2, 3, 5, 1024} {
		if _, err := hd.PathFromBytes(make([]byte, n)); !errors.Is(err, hd.ErrPath) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"m", "m/44'/60'/0'/0/0", "m/0h/1H", "m//", "m/2147483648"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := hd.ParsePath(s)
		if err != nil {
			if !errors.Is(err, hd.ErrPath) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		again, err := hd.ParsePath(p.String())
		if err != nil || !slices.Equal(again, p) || len(p) > hd.MaxDepth {
			t.Fatalf("%q becomes %v, then %v, %v", s, p, again, err)
		}
		if again, err := hd.PathFromBytes(p.Bytes()); err != nil || !slices.Equal(again, p) {
			t.Fatalf("%q becomes %v in bytes, %v", s, again, err)
		}
	})
}
