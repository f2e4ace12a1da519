package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"tapcard.example/secret"
)

const canary = "canary-7351"

// holder has the secret where fmt's reflection reaches it without its methods: in an unexported field.
type holder struct{ s secret.Bytes }

func TestNothingPrintsASecret(t *testing.T) {
	s := secret.Copy([]byte(canary))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "h", holder{s})
	shown := []string{log.String(), s.String(), fmt.Sprint(secret.PIN{Bytes: s})}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, s), fmt.Sprintf(verb, &s), fmt.Sprintf(verb, holder{s}),
			fmt.Sprintf(verb, []secret.Bytes{s}))
	}
	hexed, decimal := fmt.Sprintf("%x", canary), strings.Trim(fmt.Sprint([]byte(canary)), "[]")
	for _, out := range shown {
		low := strings.ToLower(out)
		if strings.Contains(low, canary) || strings.Contains(low, hexed) || strings.Contains(low, decimal) {
			t.Errorf("printed a secret: %s", out)
		}
	}
}

func TestNothingMarshalsASecret(t *testing.T) {
	s := secret.Copy([]byte(canary))
	if _, err := json.Marshal(map[string]any{"s": s}); !errors.Is(err, secret.ErrMarshal) {
		t.Errorf("json: %v", err)
	}
	if err := gob.NewEncoder(&bytes.Buffer{}).Encode(s); !errors.Is(err, secret.ErrMarshal) {
		t.Errorf("gob: %v", err)
	}
	if _, err := s.MarshalText(); !errors.Is(err, secret.ErrMarshal) {
		t.Errorf("text: %v", err)
	}
	if _, err := s.MarshalBinary(); !errors.Is(err, secret.ErrMarshal) {
		t.Errorf("binary: %v", err)
	}
}

func TestNewTakesTheBytesAndDestroyClearsThem(t *testing.T) {
	b := []byte(canary)
	s := secret.New(b)
	if !bytes.Equal(b, make([]byte, len(canary))) {
		t.Error("New left the caller's bytes")
	}
	copied := s
	var inside []byte
	s.Reveal(func(b []byte) { inside = b })
	if string(inside) != canary || s.Len() != len(canary) {
		t.Fatal("secret does not hold its bytes")
	}
	s.Destroy()
	if copied.Len() != 0 || !bytes.Equal(inside, make([]byte, len(canary))) {
		t.Error("Destroy left bytes behind")
	}
}

func TestEqual(t *testing.T) {
	a, b := secret.Copy([]byte("one")), secret.Copy([]byte("two"))
	if !a.Equal(secret.Copy([]byte("one"))) || a.Equal(b) || a.Equal(secret.Bytes{}) {
		t.Error("Equal is wrong")
	}
}

func TestPINFormat(t *testing.T) {
	for _, bad := range []string{"", "12345", "1234567", "12345a", "12 456", "１２"} {
		if _, err := secret.NewPIN([]byte(bad), 6); err == nil || (bad != "" && strings.Contains(err.Error(), bad)) {
			t.Errorf("NewPIN(%q): %v", bad, err)
		}
	}
	if _, err := secret.NewPIN([]byte("000000"), 6); err != nil {
		t.Error(err)
	}
}

func ExampleBytes() {
	pin, _ := secret.NewPIN([]byte("123456"), 6)
	fmt.Println(pin)
	pin.Reveal(func(b []byte) { fmt.Println(len(b), "digits") })
	// Output:
	// [redacted]
	// 6 digits
}
