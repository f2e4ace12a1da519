package wire

import (
	"bytes"
	"time"

	"tapcard.example/secret"
)

// An access code has MinCode to MaxCode printable ASCII characters. In a message it takes CodeSize bytes: its length,
// the characters, zeros (PROTOCOL.md, Commands).
const (
	MinCode  = 6
	MaxCode  = 32
	CodeSize = 1 + MaxCode
)

// CheckCode fails with ErrCode when code cannot be an access code.
func CheckCode(code secret.Bytes) (err error) {
	code.Reveal(func(b []byte) { err = checkCode(b) })
	return err
}

func checkCode(b []byte) error {
	if len(b) < MinCode || len(b) > MaxCode {
		return ErrCode
	}
	for _, c := range b {
		if c < 0x20 || c > 0x7E {
			return ErrCode
		}
	}
	return nil
}

// appendCode adds the 33-byte form. What is longer than a code is cut: callers check first.
func appendCode(dst []byte, code secret.Bytes) []byte {
	var field [CodeSize]byte
	defer clear(field[:])
	code.Reveal(func(b []byte) { field[0] = byte(copy(field[1:], b)) })
	return append(dst, field[:]...)
}

// parseCode reads the 33-byte form; ErrCode when it is no code, also when the rest is not zero.
func parseCode(b []byte) (secret.Bytes, error) {
	if len(b) != CodeSize || b[0] > MaxCode || !zero(b[1+b[0]:]) {
		return secret.Bytes{}, ErrCode
	}
	if err := checkCode(b[1 : 1+b[0]]); err != nil {
		return secret.Bytes{}, err
	}
	return secret.New(bytes.Clone(b[1 : 1+b[0]])), nil
}

// Delay is how long a card must have been powered after the f-th wrong code in a row before it compares another one
// (PROTOCOL.md, The access code): nothing below 3, then 4 s, doubling up to an hour.
func Delay(f int) time.Duration {
	const free, longest = 3, time.Hour
	switch {
	case f < free:
		return 0
	case f > 12:
		return longest
	}
	return min(longest, time.Second<<(f-1))
}
