package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/keycard/wire"
)

func TestRecordedOneShotsComeOutTheSameFromBothSides(t *testing.T) {
	n := 0
	for v, steps := range recorded(t) {
		for _, s := range steps {
			if s.PlainCmd == "" || s.wrapped() {
				continue
			}
			n++
			data, key := s.command(t).Data, s.key(t, "ecdh_x")
			pub, iv, ciphertext, err := wire.ParseOneShot(data)
			if err != nil {
				t.Fatalf("%v %s: %v", v, s.Note, err)
			}
			plain, err := wire.OpenOneShot(key, iv, ciphertext)
			if err != nil || !bytes.Equal(plain, unhex(t, s.PlainCmd)) {
				t.Errorf("%v %s: opens to %X, %v", v, s.Note, plain, err)
			}
			if sealed := wire.SealOneShot([65]byte(pub), key, iv, plain); !bytes.Equal(sealed, data) {
				t.Errorf("%v %s: seals to %X", v, s.Note, sealed)
			}
		}
	}
	if n != 5 { // INIT three times, ADD ENTROPY where DUPLICATE KEY exists
		t.Errorf("%d one-shot commands, want 5", n)
	}
}

func TestOneShotOfAnyOtherLengthIsRefused(t *testing.T) {
	sealed := wire.SealOneShot([65]byte{4}, make([]byte, 32), make([]byte, 16), make([]byte, 32))
	for n := range sealed {
		_, _, _, err := wire.ParseOneShot(sealed[:n])
		whole := n == len(sealed)-16 || n == len(sealed)-32
		if (err == nil) != whole || err != nil && !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%d of %d bytes: %v", n, len(sealed), err)
		}
	}
	sealed[0] = 0x21
	if _, _, _, err := wire.ParseOneShot(sealed); !errors.Is(err, wire.ErrFormat) {
		t.Errorf("key length 33: %v", err)
	}
}

func TestOneShotUnderAnotherKeyIsBadPadding(t *testing.T) {
	sealed := wire.SealOneShot([65]byte{4}, make([]byte, 32), make([]byte, 16), make([]byte, 32))
	_, iv, ciphertext, err := wire.ParseOneShot(sealed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.OpenOneShot(bytes.Repeat([]byte{1}, 32), iv, ciphertext); !errors.Is(err, wire.ErrPadding) {
		t.Errorf("wrong key: %v", err)
	}
	for name, err := range map[string]error{
		"short key": second(wire.OpenOneShot(make([]byte, 16), iv, ciphertext)),
		"short IV":  second(wire.OpenOneShot(make([]byte, 32), iv[1:], ciphertext)),
		"no blocks": second(wire.OpenOneShot(make([]byte, 32), iv, nil)),
		"half":      second(wire.OpenOneShot(make([]byte, 32), iv, ciphertext[8:])),
	} {
		if !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
