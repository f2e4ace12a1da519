package tlv

// Append adds one element to dst with the shortest length. t must be a tag as Next gives it, of 1 to 3 bytes.
func Append(dst []byte, t Tag, value []byte) []byte {
	dst = t.append(dst)
	if len(value) < moreFollow {
		dst = append(dst, byte(len(value)))
	} else {
		dst = appendLongLength(dst, len(value))
	}
	return append(dst, value...)
}

// AppendLong is Append with the long form of the length (81 nn) also where one byte would do. Keycard's applet writes
// its larger templates so whatever they hold.
func AppendLong(dst []byte, t Tag, value []byte) []byte {
	return append(appendLongLength(t.append(dst), len(value)), value...)
}

func appendLongLength(dst []byte, n int) []byte {
	size := 1
	for size < maxLenBytes && n>>(8*size) != 0 {
		size++
	}
	return appendNumber(append(dst, moreFollow|byte(size)), uint32(n), size)
}

func (t Tag) append(dst []byte) []byte {
	size := 1
	for size < maxTagBytes && t>>(8*size) != 0 {
		size++
	}
	return appendNumber(dst, uint32(t), size)
}

// appendNumber writes the low size bytes of n, big-endian.
func appendNumber(dst []byte, n uint32, size int) []byte {
	for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
		dst = append(dst, byte(n>>shift))
	}
	return dst
}
