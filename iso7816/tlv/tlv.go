// Package tlv reads and writes BER-TLV, the form in which smart cards pack structured data: a tag, a length, a value,
// and values that are themselves sequences of the same (ISO/IEC 7816-4:2020 §6.3, ITU-T X.690).
//
// A tag is 1 to 3 bytes. A length is one byte up to 127, or a byte 81 to 84 and then 1 to 4 bytes, big-endian:
//
//	80 03 010203        tag 80, three bytes
//	A4 81 81 ...        template A4, 129 bytes
//	5F 49 00            tag 5F49, empty
//
// Nothing is copied: a Value is a part of the input. A length is believed only after it was compared with the bytes
// that are there, so a hostile one costs nothing. The indefinite length of X.690 (80, ended by 0000) is never
// accepted: ISO/IEC 7816-4 forbids it.
package tlv

import (
	"errors"
	"fmt"
)

// ErrTLV is wrapped by every error of this package.
var ErrTLV = errors.New("malformed BER-TLV")

// Tag is the bytes of a tag as one big-endian number: 0x80, 0x5F49, 0xDF8101. 1 to 3 bytes.
type Tag uint32

// Element is one data object. Value is a part of the parsed bytes, at most 2³²-1 long.
type Element struct {
	Tag   Tag
	Value []byte
}

// Mode says how much is forgiven.
type Mode int

const (
	// Strict accepts the one shortest encoding of each tag and length, so that parsing and encoding again gives the
	// same bytes.
	Strict Mode = iota
	// Lenient also accepts lengths with leading zeros or in a longer form than needed (Keycard writes 81 05),
	// and tags below 31 in the two-byte form (payment cards have 9F02).
	Lenient
)

const (
	manyBytes   = 0x1F // low five bits of a tag's first byte: more bytes follow
	moreFollow  = 0x80 // in a later byte of a tag: another one follows; in a length: the long form
	maxTagBytes = 3
	maxLenBytes = 4
)

// Constructed says whether the value is itself a sequence of elements (bit 6 of the first byte).
func (t Tag) Constructed() bool {
	for t > 0xFF {
		t >>= 8
	}
	return t&0x20 != 0
}

// String is the tag in hexadecimal, two digits a byte.
func (t Tag) String() string {
	return fmt.Sprintf("%X", t.append(nil))
}

// Find returns the value of the first element with tag t; ok is false when there is none.
func Find(elements []Element, t Tag) (value []byte, ok bool) {
	for _, e := range elements {
		if e.Tag == t {
			return e.Value, true
		}
	}
	return nil, false
}

// Parse splits b, all of it, into elements; it does not look inside constructed ones. An empty b gives none. Bytes that
// are left over, also padding, give ErrTLV.
func Parse(b []byte, m Mode) ([]Element, error) {
	var elements []Element
	for total := len(b); len(b) > 0; {
		e, rest, err := Next(b, m)
		if err != nil {
			return nil, fmt.Errorf("%w, at byte %d", err, total-len(b))
		}
		elements, b = append(elements, e), rest
	}
	return elements, nil
}

// Next reads the first element of b and returns what follows it. It gives ErrTLV when b is empty, cut short, or not in
// the form that m asks for.
func Next(b []byte, m Mode) (e Element, rest []byte, err error) {
	t, b, err := nextTag(b, m)
	if err != nil {
		return Element{}, nil, err
	}
	n, b, err := nextLength(b, m)
	if err != nil {
		return Element{}, nil, err
	}
	if uint64(n) > uint64(len(b)) {
		return Element{}, nil, fmt.Errorf("%w: length %d before %d bytes", ErrTLV, n, len(b))
	}
	return Element{Tag: t, Value: b[:n:n]}, b[n:], nil
}

func nextTag(b []byte, m Mode) (Tag, []byte, error) {
	if len(b) == 0 {
		return 0, nil, fmt.Errorf("%w: tag missing", ErrTLV)
	}
	if b[0] == 0 {
		return 0, nil, fmt.Errorf("%w: tag 00", ErrTLV)
	}
	t, more := Tag(b[0]), b[0]&manyBytes == manyBytes
	n := 1
	for ; more; n++ {
		if n == maxTagBytes || n == len(b) {
			return 0, nil, fmt.Errorf("%w: tag too long or cut short", ErrTLV)
		}
		t, more = t<<8|Tag(b[n]), b[n]&moreFollow != 0
	}
	if n > 1 && m == Strict && (b[1] < manyBytes || b[1] == moreFollow) {
		return 0, nil, fmt.Errorf("%w: tag longer than needed", ErrTLV)
	}
	return t, b[n:], nil
}

func nextLength(b []byte, m Mode) (uint32, []byte, error) {
	if len(b) == 0 {
		return 0, nil, fmt.Errorf("%w: length missing", ErrTLV)
	}
	first, b := b[0], b[1:]
	if first < moreFollow {
		return uint32(first), b, nil
	}
	size := int(first & 0x7F)
	if size == 0 || size > maxLenBytes {
		return 0, nil, fmt.Errorf("%w: length of form %02X", ErrTLV, first)
	}
	if size > len(b) {
		return 0, nil, fmt.Errorf("%w: length cut short", ErrTLV)
	}
	var n uint32
	for _, digit := range b[:size] {
		n = n<<8 | uint32(digit)
	}
	if m == Strict && (n < moreFollow || b[0] == 0) {
		return 0, nil, fmt.Errorf("%w: length longer than needed", ErrTLV)
	}
	return n, b[size:], nil
}
