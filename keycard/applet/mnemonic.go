package applet

import (
	"crypto/sha256"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// generateMnemonic makes 12 to 24 word numbers, three for each bit of checksum in P1, 4 to 8 (Keycard seed, GENERATE
// MNEMONIC). It takes 4 bytes of randomness for each. The card keeps nothing of it.
func (c *call) generateMnemonic() ([]byte, iso7816.Status) {
	checksum := int(c.cmd.P1)
	if checksum < wire.MinChecksumSize || checksum > wire.MaxChecksumSize {
		return nil, iso7816.WrongP1P2
	}
	entropy, sw := c.random(4 * checksum)
	if sw != iso7816.OK {
		return nil, sw
	}
	defer clear(entropy)
	return wire.EncodeMnemonic(wordNumbers(entropy)), iso7816.OK
}

// wordNumbers cuts entropy and the first bits of its SHA-256 into numbers of 11 bits (BIP-39, "Generating the
// mnemonic").
func wordNumbers(entropy []byte) []uint16 {
	sum := sha256.Sum256(entropy)
	bits, have := uint32(0), 0
	var words []uint16
	for _, b := range append(entropy[:len(entropy):len(entropy)], sum[0]) {
		bits, have = bits<<8|uint32(b), have+8
		if have >= 11 {
			have -= 11
			words = append(words, uint16(bits>>have)&0x7FF)
		}
	}
	return words
}
