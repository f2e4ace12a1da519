package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// InsGenerateMnemonic is GENERATE MNEMONIC (Keycard seed, GENERATE MNEMONIC).
const InsGenerateMnemonic = 0xD2

// P1 of GENERATE MNEMONIC: the size of the checksum in bits. A mnemonic has three words for each, 12 to 24.
const (
	MinChecksumSize  = 4
	MaxChecksumSize  = 8
	wordsPerChecksum = 3
	wordlistSize     = 2048
)

// GenerateMnemonicCommand asks for 3 words per bit of checksum, 4 to 8: 12, 15, 18, 21 or 24 words.
func GenerateMnemonicCommand(checksumSize int) iso7816.Command {
	return query(InsGenerateMnemonic, byte(checksumSize), 0, nil)
}

// EncodeMnemonic is the card's answer: word numbers, two bytes each. (The seed says 16-byte integers; they are
// 16-bit.)
func EncodeMnemonic(indexes []uint16) []byte {
	b := make([]byte, 0, 2*len(indexes))
	for _, i := range indexes {
		b = binary.BigEndian.AppendUint16(b, i)
	}
	return b
}

// ParseMnemonic reads the word numbers, each below 2048; there must be 12, 15, 18, 21 or 24. They are as secret as the
// words. The checksum is for whoever knows BIP-39.
func ParseMnemonic(b []byte) ([]uint16, error) {
	bits := len(b) / (2 * wordsPerChecksum)
	if len(b)%(2*wordsPerChecksum) != 0 || bits < MinChecksumSize || bits > MaxChecksumSize {
		return nil, fmt.Errorf("%w: mnemonic of %d bytes", ErrFormat, len(b))
	}
	indexes := make([]uint16, 0, len(b)/2)
	for ; len(b) > 0; b = b[2:] {
		i := binary.BigEndian.Uint16(b)
		if i >= wordlistSize {
			return nil, fmt.Errorf("%w: mnemonic with a word number beyond 2047", ErrFormat)
		}
		indexes = append(indexes, i)
	}
	return indexes, nil
}
