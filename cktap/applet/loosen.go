package applet

import "tapcard.example/iso7816"

// CBOR initial bytes (RFC 8949 §3): major types in the high three bits, and what makes a length indefinite.
const (
	majorUint  = 0x00
	majorBytes = 0x40
	majorText  = 0x60
	majorArray = 0x80
	majorMap   = 0xA0
	majorOther = 0xE0
	indefinite = 0x1F
	stop       = 0xFF
)

// loosen rewrites an answer in the way of real cards that stream theirs: maps, arrays and strings of indefinite length,
// numbers longer than they need be. An answer that would not fit an APDU of short length any more stays as it is.
func loosen(body []byte) []byte {
	l := loosener{in: body}
	l.item(false)
	if len(l.out) > iso7816.MaxShortNe {
		return body
	}
	return l.out
}

// loosener reads what package wire has written: definite, well-formed, lengths below 2³².
type loosener struct{ in, out []byte }

// item rewrites one data item; a key is left alone, so that it is found by the simplest of readers.
func (l *loosener) item(key bool) {
	major := l.in[0] & majorOther
	start := l.in
	n := l.head()
	head := start[:len(start)-len(l.in)]
	switch major {
	case majorUint:
		l.out = append(l.out, longer(head)...)
	case majorBytes, majorText:
		value := l.in[:n]
		l.in = l.in[n:]
		if key || n < 2 {
			l.out = append(append(l.out, head...), value...)
			return
		}
		l.chunks(major, value)
	case majorArray, majorMap:
		l.out = append(l.out, major|indefinite)
		for range n {
			if major == majorMap {
				l.item(true)
			}
			l.item(false)
		}
		l.out = append(l.out, stop)
	default: // negative numbers and simple values
		l.out = append(l.out, head...)
	}
}

// chunks writes a string in two parts.
func (l *loosener) chunks(major byte, value []byte) {
	l.out = append(l.out, major|indefinite)
	half := len(value) / 2
	for _, part := range [][]byte{value[:half], value[half:]} {
		if n := len(part); n < 24 {
			l.out = append(l.out, major|byte(n))
		} else {
			l.out = append(l.out, major|24, byte(n)) // answers are shorter than 512 bytes, so halves fit
		}
		l.out = append(l.out, part...)
	}
	l.out = append(l.out, stop)
}

// head takes the initial byte and its argument off the input, and returns the argument.
func (l *loosener) head() int {
	info := l.in[0] &^ majorOther
	l.in = l.in[1:]
	if info < 24 {
		return int(info)
	}
	n := 0
	for range 1 << (info - 24) {
		n = n<<8 | int(l.in[0])
		l.in = l.in[1:]
	}
	return n
}

// longer writes a number in the next longer form.
func longer(head []byte) []byte {
	switch len(head) {
	case 1:
		return []byte{24, head[0]}
	case 2:
		return []byte{25, 0, head[1]}
	case 3:
		return append([]byte{26, 0, 0}, head[1:]...)
	}
	return head
}
