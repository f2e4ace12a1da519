package hd

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Path is the way from one extended key down to another, one index a level; bit 31 means hardened (BIP-32). The empty
// path is the key itself.
type Path []uint32

// ParsePath reads a path in the customary form, "m" or "m/44'/60'/0'/0/0". Hardened components are marked with ', h or
// H. At most 255 components, each below 2³¹. It fails with ErrPath.
func ParsePath(s string) (Path, error) {
	root, rest, below := strings.Cut(s, "/")
	if root != "m" {
		return nil, fmt.Errorf("%w: must begin with m", ErrPath)
	}
	if !below {
		return Path{}, nil
	}
	if strings.Count(rest, "/") >= MaxDepth {
		return nil, fmt.Errorf("%w: %w", ErrPath, ErrDepth)
	}
	var p Path
	for component := range strings.SplitSeq(rest, "/") {
		index, err := parseComponent(component)
		if err != nil {
			return nil, fmt.Errorf("%w: component %d %w", ErrPath, len(p)+1, err)
		}
		p = append(p, index)
	}
	return p, nil
}

func parseComponent(s string) (uint32, error) {
	digits, hard := s, uint32(0)
	if n := len(s); n > 0 && strings.IndexByte("'hH", s[n-1]) >= 0 {
		digits, hard = s[:n-1], Hardened
	}
	if digits == "" {
		return 0, fmt.Errorf("is empty")
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("is not a number")
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("is not below 2147483648")
	}
	return uint32(n) | hard, nil
}

// PathFromBytes reads a path as cards carry it: 4 bytes big-endian a component. Any other length, or more than 255
// components, gives ErrPath.
func PathFromBytes(b []byte) (Path, error) {
	if len(b)%4 != 0 {
		return nil, fmt.Errorf("%w: %d bytes, not a multiple of 4", ErrPath, len(b))
	}
	if len(b) > 4*MaxDepth {
		return nil, fmt.Errorf("%w: %w", ErrPath, ErrDepth)
	}
	p := make(Path, 0, len(b)/4)
	for ; len(b) > 0; b = b[4:] {
		p = append(p, binary.BigEndian.Uint32(b))
	}
	return p, nil
}

// Bytes is the path as cards carry it: 4 bytes big-endian a component.
func (p Path) Bytes() []byte {
	b := make([]byte, 0, 4*len(p))
	for _, index := range p {
		b = binary.BigEndian.AppendUint32(b, index)
	}
	return b
}

// String is the customary form, with ' for hardened components.
func (p Path) String() string {
	b := []byte{'m'}
	for _, index := range p {
		b = strconv.AppendUint(append(b, '/'), uint64(index&^Hardened), 10)
		if index >= Hardened {
			b = append(b, '\'')
		}
	}
	return string(b)
}
