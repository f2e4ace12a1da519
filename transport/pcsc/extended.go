package pcsc

import (
	"encoding/binary"
	"unsafe"
)

// takesExtended tells whether both the card and the reader say that they take APDUs of extended length. Most readers
// do not say, so that the answer is mostly no, and commands are then chained, which always works.
func (s *session) takesExtended() bool {
	return s.protocol != protocolT0 && cardTakesExtended(s.atr) && s.longestAPDU() > 261
}

// cardTakesExtended looks into an answer to reset for the card's third table of software functions: the third byte of
// compact-TLV object 73 in the historical bytes (ISO/IEC 7816-4:2020 §12.1.1.9).
func cardTakesExtended(atr []byte) bool {
	h := historicalBytes(atr)
	if len(h) == 0 || h[0] != 0x00 && h[0] != 0x80 {
		return false
	}
	if h[0] == 0x00 { // then the last three are a status
		h = h[:max(1, len(h)-3)]
	}
	for h = h[1:]; len(h) > 0; {
		tag, length := h[0]>>4, int(h[0]&0x0F)
		if len(h) < 1+length {
			return false
		}
		if tag == 7 && length == 3 {
			return h[3]&0x40 != 0
		}
		h = h[1+length:]
	}
	return false
}

// historicalBytes skips the interface bytes of an answer to reset (ISO/IEC 7816-3:2006 §8.2): the upper half of T0,
// and of each TD, says which of TA, TB, TC and TD follow; the lower half of T0 how many historical bytes there are.
func historicalBytes(atr []byte) []byte {
	if len(atr) < 2 {
		return nil
	}
	count, next, at := int(atr[1]&0x0F), atr[1]>>4, 2
	for next != 0 {
		more := at - 1
		for bit := byte(1); bit <= 8; bit <<= 1 {
			if next&bit != 0 {
				more++
			}
		}
		if more >= len(atr) {
			return nil
		}
		at = more + 1
		if next&8 == 0 {
			break
		}
		next = atr[more] >> 4
	}
	if at+count > len(atr) {
		return nil
	}
	return atr[at : at+count]
}

// Tags of PC/SC part 10, §2.2 and §2.6.14.
const (
	featureProperties = 0x12 // GET_TLV_PROPERTIES
	propertyMaxAPDU   = 0x0A // dwMaxAPDUDataSize
)

// longestAPDU is the number of bytes the reader says it can carry, or 0.
func (s *session) longestAPDU() int {
	features := s.ask(featureIoctl)
	ioctl := shortTLV(features, featureProperties)
	if len(ioctl) != 4 {
		return 0
	}
	size := shortTLV(s.ask(binary.BigEndian.Uint32(ioctl)), propertyMaxAPDU)
	if len(size) != 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(size) & 0x1FFFF)
}

// ask sends a control code to the reader and returns the answer, nil when it has none.
func (s *session) ask(ioctl uint32) []byte {
	var answer [maxAttributes]byte
	var length dword
	code := s.control.call(uintptr(s.card), uintptr(ioctl), 0, 0, uintptr(unsafe.Pointer(&answer[0])),
		uintptr(len(answer)), uintptr(unsafe.Pointer(&length)))
	if code != success || int(length) > len(answer) {
		return nil
	}
	return answer[:length]
}

// shortTLV finds an object in a list of objects with one byte of tag and one byte of length.
func shortTLV(b []byte, tag byte) []byte {
	for len(b) >= 2 && len(b) >= 2+int(b[1]) {
		if b[0] == tag {
			return b[2 : 2+int(b[1])]
		}
		b = b[2+int(b[1]):]
	}
	return nil
}
