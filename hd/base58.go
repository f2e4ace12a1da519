package hd

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
)

// Base58 is a number written with 58 characters, the ones that look alike left out; leading zero bytes become leading
// ones. The checksum is the first 4 bytes of a double SHA-256. Both are Bitcoin's, used by BIP-32.
const (
	alphabet       = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	checksumLength = 4
)

var (
	errBase58   = errors.New("a character that base58 does not have")
	errChecksum = errors.New("the checksum does not match, a character may be wrong")
)

func checksum(b []byte) []byte {
	first := sha256.Sum256(b)
	second := sha256.Sum256(first[:])
	return second[:checksumLength]
}

// encodeCheck appends the checksum in b's spare room if there is any, so that clearing b clears that too.
func encodeCheck(b []byte) []byte { return encodeBase58(append(b, checksum(b)...)) }

func decodeCheck(text []byte) ([]byte, error) {
	b, err := decodeBase58(text)
	if err != nil {
		return nil, err
	}
	n := len(b) - checksumLength
	if n < 0 || !bytes.Equal(checksum(b[:n]), b[n:]) {
		clear(b)
		return nil, errChecksum
	}
	return b[:n:n], nil
}

func encodeBase58(b []byte) []byte {
	digits := make([]byte, 0, len(b)*138/100+1) // log 256 / log 58 = 1.366
	for _, c := range b {
		digits = multiplyAdd(digits, 58, 256, c)
	}
	return reverse(digits, leading(b, 0), func(digit byte) byte { return alphabet[digit] }, alphabet[0])
}

func decodeBase58(text []byte) ([]byte, error) {
	digits := make([]byte, 0, len(text))
	for _, c := range text {
		value := strings.IndexByte(alphabet, c)
		if value < 0 {
			clear(digits)
			return nil, errBase58
		}
		digits = multiplyAdd(digits, 256, 58, byte(value))
	}
	return reverse(digits, leading(text, alphabet[0]), func(digit byte) byte { return digit }, 0), nil
}

// multiplyAdd computes digits*factor + add. Digits are of the given base, the least significant first. The slice has
// room enough, so that no copy of a secret is left behind by growing.
func multiplyAdd(digits []byte, base, factor int, add byte) []byte {
	carry := int(add)
	for i, digit := range digits {
		carry += int(digit) * factor
		digits[i] = byte(carry % base)
		carry /= base
	}
	for ; carry > 0; carry /= base {
		digits = append(digits, byte(carry%base))
	}
	return digits
}

func leading(b []byte, c byte) int {
	n := 0
	for n < len(b) && b[n] == c {
		n++
	}
	return n
}

// reverse writes zeros times zero and then the digits, most significant first, and clears the digits.
func reverse(digits []byte, zeros int, letter func(byte) byte, zero byte) []byte {
	out := bytes.Repeat([]byte{zero}, zeros+len(digits))
	for i, digit := range digits {
		out[len(out)-1-i] = letter(digit)
	}
	clear(digits)
	return out
}
