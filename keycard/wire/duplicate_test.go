package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Both recorded duplicates open: 96 bytes from 2.3, and 160 bytes, with leftovers behind the template, from 2.0.
func TestRecordedDuplicatesOpen(t *testing.T) {
	sizes := map[wire.Version]int{wire.V2_0: 160, wire.V2_3: 96}
	for v, steps := range recorded(t) {
		for _, s := range steps {
			if s.Note != "DUPLICATE KEY EXPORT" {
				continue
			}
			blob, key := s.plain(t).Data, [32]byte(s.key(t, "dup_key"))
			if err := wire.CheckDuplicate(blob); err != nil || len(blob) != sizes[v] {
				t.Errorf("%v: %d bytes, %v", v, len(blob), err)
			}
			delete(sizes, v)
			plain, err := wire.OpenDuplicate(key, blob)
			if err != nil {
				t.Fatal(err)
			}
			elements, _, err := wire.KeyElements(plain)
			if err != nil || len(elements) != 2 || elements[0].Tag != wire.TagKeyPrivate ||
				elements[1].Tag != wire.TagKeyChain {
				t.Errorf("%v: %d elements, %v", v, len(elements), err)
			}
			if again := wire.SealDuplicate(key, [16]byte(blob), plain); !bytes.Equal(again, blob) {
				t.Errorf("%v: sealed again to %X", v, again)
			}
		}
	}
	if len(sizes) != 0 {
		t.Errorf("not in the record: %v", sizes)
	}
}

func TestRecordedEntropyMixesToTheDuplicationKey(t *testing.T) {
	for v, steps := range recorded(t) {
		var key [32]byte
		for _, s := range steps {
			switch s.Note {
			case "DUPLICATE KEY START 2":
				c, _ := s.inner(t)
				key = must(wire.ParseEntropy(c.Data))
			case "DUPLICATE KEY ADD ENTROPY (one-shot)":
				wire.MixEntropy(&key, must(wire.ParseEntropy(unhex(t, s.PlainCmd))))
			case "DUPLICATE KEY EXPORT":
				if !bytes.Equal(key[:], s.key(t, "dup_key")) {
					t.Errorf("%v: key %X", v, key)
				}
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestDuplicateOfAPlainKeyPairIs64Bytes(t *testing.T) {
	template := wire.KeyTemplate{Private: secret.Copy(counting(32))}.Encode()
	blob := wire.SealDuplicate([32]byte{1}, [16]byte{2}, template)
	if len(blob) != 64 {
		t.Errorf("%d bytes", len(blob))
	}
	if plain, err := wire.OpenDuplicate([32]byte{1}, blob); err != nil || !bytes.Equal(plain, template) {
		t.Errorf("%X, %v", plain, err)
	}
	if _, err := wire.OpenDuplicate([32]byte{9}, blob); !errors.Is(err, wire.ErrPadding) {
		t.Errorf("another key: %v", err)
	}
	for _, n := range []int{0, 15, 16, 31, 33, 63} {
		if _, err := wire.OpenDuplicate([32]byte{1}, blob[:n]); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if err := wire.CheckDuplicate(blob[:n]); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d bytes checked: %v", n, err)
		}
	}
}

func TestTheSamePieceTwiceCancelsItself(t *testing.T) {
	key, piece := [32]byte{1, 2, 3}, [32]byte{7}
	want := key
	wire.MixEntropy(&key, piece)
	if key == want {
		t.Error("a piece changed nothing")
	}
	wire.MixEntropy(&key, piece)
	if key != want {
		t.Error("two equal pieces left something")
	}
}

func TestOnlyAddEntropyNeedsNoPIN(t *testing.T) {
	for p1 := range byte(4) {
		want := wire.SecurityPIN
		if p1 == wire.DuplicateEntropy {
			want = wire.SecurityNone
		}
		if got := wire.DuplicateSecurity(p1); got != want {
			t.Errorf("subcommand %d: %v", p1, got)
		}
	}
}
