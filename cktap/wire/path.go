package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// longestDecimal is the largest component that a card's backup writes as a decimal number (observed).
const longestDecimal = 32768

// FormatPath writes a path as a card's backup does: "m/84h/0h/0h", and components beyond 32,768 as eight hexadecimal
// digits, "m/0x0001e240h" (observed).
func FormatPath(path []uint32) string {
	b := []byte{'m'}
	for _, c := range path {
		b = append(b, '/')
		if n := c &^ hardened; n > longestDecimal {
			b = fmt.Appendf(b, "0x%08x", n)
		} else {
			b = strconv.AppendUint(b, uint64(n), 10)
		}
		if c&hardened != 0 {
			b = append(b, 'h')
		}
	}
	return string(b)
}

// ParsePath reads a path of up to 255 components, decimal or hexadecimal, hardened ones marked with h, H or '. It fails
// with ErrFormat.
func ParsePath(s string) ([]uint32, error) {
	const deepest = 255
	root, rest, more := strings.Cut(s, "/")
	if root != "m" || strings.Count(rest, "/") >= deepest {
		return nil, fmt.Errorf("%w: path", ErrFormat)
	}
	path := []uint32{}
	for more {
		var part string
		part, rest, more = strings.Cut(rest, "/")
		c, err := parseComponent(part)
		if err != nil {
			return nil, err
		}
		path = append(path, c)
	}
	return path, nil
}

func parseComponent(s string) (uint32, error) {
	number, hard := s, uint32(0)
	if n := len(s); n > 0 && strings.IndexByte("'hH", s[n-1]) >= 0 {
		number, hard = s[:n-1], hardened
	}
	digits, base := number, 10
	if after, ok := strings.CutPrefix(number, "0x"); ok {
		digits, base = after, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return 0, fmt.Errorf("%w: path component", ErrFormat)
	}
	return uint32(n) | hard, nil
}

// MaxSubpath is the most components of the subpath of sign (Tap protocol, sign).
const MaxSubpath = 2

// ValidPath says whether derive accepts a path: up to 8 components, all hardened (Tap protocol, derive).
func ValidPath(path []uint32) bool {
	soft := func(c uint32) bool { return c < hardened }
	return len(path) <= MaxDepth && !slices.ContainsFunc(path, soft)
}

// ValidSubpath says whether sign accepts a subpath: up to 2 components, none hardened (Tap protocol, sign).
func ValidSubpath(subpath []uint32) bool {
	hard := func(c uint32) bool { return c >= hardened }
	return len(subpath) <= MaxSubpath && !slices.ContainsFunc(subpath, hard)
}

// DefaultPath is where a TAPSIGNER's key is after new: m/84h/0h/0h (Tap protocol, new).
func DefaultPath() []uint32 { return []uint32{84 | hardened, hardened, hardened} }
