package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// oneShotHeader is what precedes the ciphertext: the length byte of the public key, the key, and the IV.
const oneShotHeader = 1 + PublicKeySize + aes.BlockSize

// SealOneShot builds the data of a command that brings its own key: the length byte 41, the client's 65-byte public
// key, the 16-byte IV, and payload under AES-256-CBC with padding (Keycard seed, INIT). key is the 32-byte result of
// ECDH as it is. There is no MAC. payload is at most 173 bytes if the result must fit a short APDU. It panics unless
// key is 32 and iv 16 bytes.
func SealOneShot(clientPub [PublicKeySize]byte, key, iv, payload []byte) []byte {
	b := make([]byte, 0, oneShotHeader+paddedLen(len(payload)))
	b = append(append(b, PublicKeySize), clientPub[:]...)
	b = appendPadded(append(b, iv...), payload)
	cipher.NewCBCEncrypter(mustAES(key), iv).CryptBlocks(b[oneShotHeader:], b[oneShotHeader:])
	return b
}

// ParseOneShot takes the data of a one-shot command apart. The parts point into data; the public key is 65 bytes, but
// nobody has looked yet whether it is on the curve; the ciphertext is one or more whole blocks.
func ParseOneShot(data []byte) (clientPub, iv, ciphertext []byte, err error) {
	if len(data) < oneShotHeader+aes.BlockSize || data[0] != PublicKeySize ||
		(len(data)-oneShotHeader)%aes.BlockSize != 0 {
		return nil, nil, nil, fmt.Errorf("%w: one-shot data of %d bytes", ErrFormat, len(data))
	}
	return data[1 : 1+PublicKeySize], data[1+PublicKeySize : oneShotHeader], data[oneShotHeader:], nil
}

// OpenOneShot decrypts the ciphertext of ParseOneShot with the 32-byte ECDH result. Wrong padding, the only sign of a
// wrong key, gives ErrPadding.
func OpenOneShot(key, iv, ciphertext []byte) ([]byte, error) {
	if len(key) != 32 || len(iv) != aes.BlockSize || len(ciphertext) == 0 || len(ciphertext)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: one-shot key, IV or ciphertext of a wrong length", ErrFormat)
	}
	plain := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(mustAES(key), iv).CryptBlocks(plain, ciphertext)
	return unpad(plain)
}

// mustAES makes an AES cipher of a key whose length is the caller's promise.
func mustAES(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("wire: " + err.Error())
	}
	return block
}
