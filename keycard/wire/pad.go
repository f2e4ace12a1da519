package wire

import "crypto/aes"

// padMark is the byte that starts the padding of ISO/IEC 9797-1:2011 §6.3.3, method 2. Zeros follow it.
const padMark = 0x80

// paddedLen is the length of n bytes with their padding, which is always at least one byte: a multiple of 16.
func paddedLen(n int) int { return n - n%aes.BlockSize + aes.BlockSize }

// appendPadded appends b and its padding to dst.
func appendPadded(dst, b []byte) []byte {
	dst = append(append(dst, b...), padMark)
	for n := len(b) + 1; n%aes.BlockSize != 0; n++ {
		dst = append(dst, 0)
	}
	return dst
}

// unpad returns the part of b before its padding. The padding must start in the last block, or it is ErrPadding.
func unpad(b []byte) ([]byte, error) {
	stop := max(len(b)-aes.BlockSize, 0)
	for i := len(b) - 1; i >= stop; i-- {
		if b[i] == padMark {
			return b[:i], nil
		}
		if b[i] != 0 {
			break
		}
	}
	return nil, ErrPadding
}
