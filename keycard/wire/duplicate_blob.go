package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// SealDuplicate is the card's EXPORT DUPLICATE: the 16-byte IV, then template under AES-256-CBC with padding. The
// template is a KeyTemplate without the public key: 70 bytes with a chain code, 36 without, so the blob is 96 or 64
// bytes. There is no MAC.
func SealDuplicate(key [EntropySize]byte, iv [aes.BlockSize]byte, template []byte) []byte {
	b := make([]byte, 0, aes.BlockSize+paddedLen(len(template)))
	b = appendPadded(append(b, iv[:]...), template)
	cipher.NewCBCEncrypter(mustAES(key[:]), iv[:]).CryptBlocks(b[aes.BlockSize:], b[aes.BlockSize:])
	return b
}

// OpenDuplicate is the card's IMPORT DUPLICATE: it decrypts a blob and returns the template, which KeyElements takes
// apart; what follows the template's own length is to be ignored, as releases up to 2.2 write leftovers there.
// ErrPadding means another key, or a damaged blob; with probability 1/255 neither is noticed here.
func OpenDuplicate(key [EntropySize]byte, blob []byte) ([]byte, error) {
	if len(blob) < 2*aes.BlockSize || len(blob)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: duplicate of %d bytes", ErrFormat, len(blob))
	}
	plain := make([]byte, len(blob)-aes.BlockSize)
	cipher.NewCBCDecrypter(mustAES(key[:]), blob[:aes.BlockSize]).CryptBlocks(plain, blob[aes.BlockSize:])
	return unpad(plain)
}
