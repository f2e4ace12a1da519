package btc

import (
	"encoding/binary"
	"fmt"
)

// reader walks over bytes from outside. Its length method is the only way to learn how much to take, and refuses what
// is not there: so take never fails, and nothing is allocated on the word of a sender.
type reader struct{ rest []byte }

// length reads a compact size of at most limit that the bytes after it can satisfy. The shortest form is required.
func (r *reader) length(limit int) (int, error) {
	n, size, ok := compact(r.rest)
	if !ok {
		return 0, fmt.Errorf("%w: cut off, or a length not in its shortest form", ErrPSBT)
	}
	r.rest = r.rest[size:]
	if n > uint64(limit) || n > uint64(len(r.rest)) {
		return 0, fmt.Errorf("%w: a length of %d with %d bytes left", ErrPSBT, n, len(r.rest))
	}
	return int(n), nil
}

// take takes n bytes, a length that was granted.
func (r *reader) take(n int) []byte {
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

// skip goes n bytes further.
func (r *reader) skip(n int) error {
	if n > len(r.rest) {
		return fmt.Errorf("%w: cut off", ErrPSBT)
	}
	r.rest = r.rest[n:]
	return nil
}

// skipItems goes over items, each with its length in front and fixed bytes before and after. Every count is checked
// against the least that so many items take.
func (r *reader) skipItems(before, after int) error {
	n, size, ok := compact(r.rest)
	if !ok || n > uint64(len(r.rest))/uint64(before+1+after) {
		return fmt.Errorf("%w: more items than bytes for them", ErrPSBT)
	}
	r.rest = r.rest[size:]
	for range n {
		if err := r.skip(before); err != nil {
			return err
		}
		length, err := r.length(len(r.rest))
		if err != nil {
			return err
		}
		r.take(length)
		if err := r.skip(after); err != nil {
			return err
		}
	}
	return nil
}

// compact reads Bitcoin's variable-length integer: 1, 3, 5 or 9 bytes, the shortest that fits.
func compact(b []byte) (n uint64, size int, ok bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	size = map[byte]int{0xfd: 3, 0xfe: 5, 0xff: 9}[b[0]]
	if size == 0 {
		return uint64(b[0]), 1, true
	}
	if len(b) < size {
		return 0, 0, false
	}
	var wide [8]byte
	copy(wide[:], b[1:size])
	n = binary.LittleEndian.Uint64(wide[:])
	least := map[int]uint64{3: 0xfd, 5: 1 << 16, 9: 1 << 32}[size]
	return n, size, n >= least
}

func appendCompact(dst []byte, n int) []byte {
	switch {
	case n < 0xfd:
		return append(dst, byte(n))
	case n <= 0xffff:
		return binary.LittleEndian.AppendUint16(append(dst, 0xfd), uint16(n))
	}
	return binary.LittleEndian.AppendUint32(append(dst, 0xfe), uint32(n))
}
