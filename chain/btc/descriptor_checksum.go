package btc

import (
	"fmt"
	"strings"
)

// The alphabets of a descriptor and of its checksum, and the generator of the code (BIP-380, "Checksum").
const (
	descriptorAlphabet = "0123456789()[],'/*abcdefgh@:$%{}" +
		"IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~" +
		"ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
	checksumAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	checksumLength   = 8
)

var checksumGenerator = [5]uint64{0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd}

// stripChecksum verifies the checksum of a descriptor, if it has one, and takes it off.
func stripChecksum(text string) (string, error) {
	script, sum, has := strings.Cut(text, "#")
	for _, c := range []byte(script) {
		if strings.IndexByte(descriptorAlphabet, c) < 0 {
			return "", fmt.Errorf("the character %q in it", c)
		}
	}
	if !has {
		return script, nil
	}
	if len(sum) != checksumLength {
		return "", fmt.Errorf("its checksum has %d characters, not 8", len(sum))
	}
	if sum != checksum(script) {
		return "", fmt.Errorf("its checksum is %q and should be %q: mistyped?", sum, checksum(script))
	}
	return script, nil
}

// checksum is the checksum of a descriptor. Its characters are all from the alphabet: anything else counts as the
// first, which is for the caller to rule out.
func checksum(script string) string {
	code := uint64(1)
	group, members := uint64(0), 0
	for _, c := range []byte(script) {
		at := uint64(max(0, strings.IndexByte(descriptorAlphabet, c)))
		code = feed(code, at&31)
		group = group*3 + at>>5
		if members++; members == 3 {
			code = feed(code, group)
			group, members = 0, 0
		}
	}
	if members > 0 {
		code = feed(code, group)
	}
	for range checksumLength {
		code = feed(code, 0)
	}
	code ^= 1
	sum := make([]byte, checksumLength)
	for i := range sum {
		sum[i] = checksumAlphabet[code>>(5*(checksumLength-1-i))&31]
	}
	return string(sum)
}

// feed takes one symbol of 5 bits into the remainder of 40.
func feed(code, symbol uint64) uint64 {
	top := code >> 35
	code = code&(1<<35-1)<<5 ^ symbol
	for i, g := range checksumGenerator {
		if top>>i&1 == 1 {
			code ^= g
		}
	}
	return code
}

// WithChecksum adds the checksum to a descriptor that this package does not read, one with a private key, say (BIP-380).
func WithChecksum(descriptor string) string { return descriptor + "#" + checksum(descriptor) }
