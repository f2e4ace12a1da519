package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"

	"tapcard.example/iso7816"
)

// encrypt returns room for a MAC followed by the ciphertext of a and b under the present IV.
func (c *Channel) encrypt(a, b []byte) []byte {
	n := len(a) + len(b)
	data := make([]byte, macSize, macSize+paddedLen(n))
	data = append(append(append(data, a...), b...), padMark)
	data = data[:cap(data)] // the rest of the padding is zeros
	cipher.NewCBCEncrypter(c.enc, c.iv[:]).CryptBlocks(data[macSize:], data[macSize:])
	return data
}

// decrypt returns the plaintext of whole blocks, with its padding.
func (c *Channel) decrypt(ciphertext []byte, iv [macSize]byte) []byte {
	plain := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(c.enc, iv[:]).CryptBlocks(plain, ciphertext)
	return plain
}

// wrappedLength says whether a data field can be a MAC and at least one block of ciphertext.
func wrappedLength(data []byte) bool {
	return len(data) >= macSize+aes.BlockSize && len(data) <= maxWrapped && len(data)%aes.BlockSize == 0
}

// verify compares the MAC that starts data with the right one, in constant time, and returns it. When they differ, or
// data cannot be a MAC and ciphertext at all, it closes the channel and fails with ErrMAC.
func (c *Channel) verify(meta [macSize]byte, data []byte) ([macSize]byte, error) {
	if !wrappedLength(data) {
		c.Close()
		return meta, fmt.Errorf("%w: %d bytes", ErrMAC, len(data))
	}
	mac := c.sum(meta, data[macSize:])
	if subtle.ConstantTimeCompare(mac[:], data[:macSize]) != 1 {
		c.Close()
		return mac, ErrMAC
	}
	return mac, nil
}

// commandMeta is the first block under a command's MAC: its header and n, the length of the wrapped data, so that
// neither can be changed on the way.
func commandMeta(cmd iso7816.Command, n int) [macSize]byte {
	return [macSize]byte{cmd.CLA, cmd.INS, cmd.P1, cmd.P2, byte(n)}
}

// responseMeta is the first block under a response's MAC: n, the length of the wrapped data.
func responseMeta(n int) [macSize]byte { return [macSize]byte{byte(n)} }

// sum is the CBC-MAC of one block of metadata and the ciphertext: the last block of AES-CBC with a zero IV. CBC-MAC is
// only safe for messages of which none starts another; the length in the first block sees to that.
func (c *Channel) sum(meta [macSize]byte, ciphertext []byte) [macSize]byte {
	c.block = meta
	c.mac.Encrypt(c.block[:], c.block[:])
	for ; len(ciphertext) > 0; ciphertext = ciphertext[aes.BlockSize:] {
		subtle.XORBytes(c.block[:], c.block[:], ciphertext[:aes.BlockSize])
		c.mac.Encrypt(c.block[:], c.block[:])
	}
	return c.block
}
