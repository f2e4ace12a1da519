// Package secret holds bytes that must not be shown: PINs, PUKs, pairing secrets, seeds and private keys.
//
// A value of this package is a handle. The bytes sit behind two pointers: fmt's reflection walks unexported fields and
// ignores String methods there, and for a verb that does not fit (%s) it even follows one pointer; after two it finds
// an address and not the secret. Every way of printing
// gives "[redacted]"; every way of marshalling fails, because a stored "[redacted]" would be a silent loss of data.
//
// What Go cannot promise is not promised: the garbage collector may have moved nothing here, but stacks are copied
// when they grow, and the operating system may swap. Destroy shortens the time a secret is in memory; it is not proof.
package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// ErrMarshal is returned by every marshalling method of a secret.
var ErrMarshal = errors.New("secret: refusing to marshal")

const redacted = "[redacted]"

// Bytes is a handle to secret bytes. The zero value is empty. Copies share the same bytes: destroying one destroys all.
type Bytes struct{ p *buffer }

type buffer struct{ b *[]byte }

func hold(b []byte) Bytes { return Bytes{&buffer{&b}} }

// New moves b into a secret: it copies b and zeroes it.
func New(b []byte) Bytes {
	s := Copy(b)
	clear(b)
	return s
}

// Copy makes a secret of a copy of b and leaves b alone.
func Copy(b []byte) Bytes { return hold(append([]byte(nil), b...)) }

// Random reads n bytes from r into a new secret.
func Random(r io.Reader, n int) (Bytes, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return Bytes{}, fmt.Errorf("secret: reading random bytes: %w", err)
	}
	return hold(b), nil
}

// Reveal calls f with the bytes themselves. f must neither keep nor change them.
func (s Bytes) Reveal(f func([]byte)) {
	if s.p == nil {
		f(nil)
		return
	}
	f(*s.p.b)
}

// Len is the number of bytes; 0 for the zero value and after Destroy.
func (s Bytes) Len() int {
	if s.p == nil {
		return 0
	}
	return len(*s.p.b)
}

// Equal compares two secrets in constant time for a given length.
func (s Bytes) Equal(t Bytes) bool {
	equal := false
	s.Reveal(func(a []byte) {
		t.Reveal(func(b []byte) { equal = subtle.ConstantTimeCompare(a, b) == 1 })
	})
	return equal
}

// Destroy zeroes the bytes and empties the secret and all its copies.
func (s Bytes) Destroy() {
	if s.p != nil {
		clear(*s.p.b)
		*s.p.b = nil
	}
}

// Format implements fmt.Formatter for every verb.
func (s Bytes) Format(w fmt.State, _ rune) { io.WriteString(w, redacted) }

// String returns "[redacted]".
func (s Bytes) String() string { return redacted }

// LogValue implements slog.LogValuer.
func (s Bytes) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON refuses.
func (s Bytes) MarshalJSON() ([]byte, error) { return nil, ErrMarshal }

// MarshalText refuses.
func (s Bytes) MarshalText() ([]byte, error) { return nil, ErrMarshal }

// MarshalBinary refuses.
func (s Bytes) MarshalBinary() ([]byte, error) { return nil, ErrMarshal }

// GobEncode refuses.
func (s Bytes) GobEncode() ([]byte, error) { return nil, ErrMarshal }
