package secret

import "fmt"

// PIN is a secret made of ASCII digits: a PIN, a PUK, an access code.
type PIN struct{ Bytes }

// NewPIN moves digits into a PIN and zeroes digits. It fails unless there are exactly n of them and all are 0 to 9;
// the error says what is wrong without saying what was given.
func NewPIN(digits []byte, n int) (PIN, error) {
	if len(digits) != n {
		clear(digits)
		return PIN{}, fmt.Errorf("must be exactly %d digits", n)
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			clear(digits)
			return PIN{}, fmt.Errorf("must be %d digits and nothing else", n)
		}
	}
	return PIN{New(digits)}, nil
}
