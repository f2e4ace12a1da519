package wire

import (
	"encoding/binary"
	"fmt"
)

// MaxPathDepth is how far below the master key a card derives (Keycard seed, DERIVE KEY).
const MaxPathDepth = 10

const hardened = 1 << 31

// AppendPath appends a key path as it goes over the wire: 4 bytes a component, most significant first, bit 31 for
// hardened ones.
func AppendPath(dst []byte, path []uint32) []byte {
	for _, component := range path {
		dst = binary.BigEndian.AppendUint32(dst, component)
	}
	return dst
}

// ParsePath reads a key path of at most MaxPathDepth components; none gives an empty path, the master key. Whether a
// path relative to another becomes too deep is for the caller.
func ParsePath(b []byte) ([]uint32, error) {
	if len(b)%4 != 0 || len(b) > 4*MaxPathDepth {
		return nil, fmt.Errorf("%w: key path of %d bytes", ErrFormat, len(b))
	}
	path := make([]uint32, 0, len(b)/4)
	for ; len(b) > 0; b = b[4:] {
		path = append(path, binary.BigEndian.Uint32(b))
	}
	return path, nil
}
