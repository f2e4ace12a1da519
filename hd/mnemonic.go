package hd

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"tapcard.example/secret"
)

const (
	bitsPerWord   = 11
	minEntropy    = 16 // bytes: 12 words
	maxEntropy    = 32 // bytes: 24 words
	maxSentence   = 1024
	entropyPerSum = 32 // bits of entropy for one bit of checksum
)

// NewMnemonic encodes entropy of 16, 20, 24, 28 or 32 bytes as 12 to 24 English words with a checksum (BIP-39,
// "Generating the mnemonic"). It fails with ErrMnemonic for any other length.
func NewMnemonic(entropy secret.Bytes) (secret.Bytes, error) {
	n := entropy.Len()
	if n < minEntropy || n > maxEntropy || n%4 != 0 {
		return secret.Bytes{}, fmt.Errorf("%w: %d bytes of entropy, not 16, 20, 24, 28 or 32", ErrMnemonic, n)
	}
	var indexes []uint16
	entropy.Reveal(func(b []byte) { indexes = split(b) })
	defer clear(indexes)
	return Words(indexes)
}

// split appends the checksum to the entropy and cuts the bits into words.
func split(entropy []byte) []uint16 {
	sum := sha256.Sum256(entropy)
	bits := append(append(make([]byte, 0, len(entropy)+1), entropy...), sum[0])
	defer clear(bits)
	indexes := make([]uint16, (8*len(entropy)+len(entropy)*8/entropyPerSum)/bitsPerWord)
	for i := range indexes {
		for bit := i * bitsPerWord; bit < (i+1)*bitsPerWord; bit++ {
			indexes[i] = indexes[i]<<1 | uint16(bits[bit/8]>>(7-bit%8)&1)
		}
	}
	return indexes
}

// Words joins the English words with the given indexes, 0 to 2047 each, with single spaces. It fails with ErrMnemonic
// for an index that is too large. It neither counts the words nor checks the checksum: indexes from a card are
// something to check with CheckMnemonic afterwards.
func Words(indexes []uint16) (secret.Bytes, error) {
	length := 0
	for i, index := range indexes {
		if index >= wordCount {
			return secret.Bytes{}, fmt.Errorf("%w: the index of word %d is above 2047", ErrMnemonic, i+1)
		}
		length += len(wordlist()[index]) + 1
	}
	sentence := make([]byte, 0, length)
	for i, index := range indexes {
		if i > 0 {
			sentence = append(sentence, ' ')
		}
		sentence = append(sentence, wordlist()[index]...)
	}
	return secret.New(sentence), nil
}

// Indexes finds the words of a sentence in the English list: 12, 15, 18, 21 or 24 numbers from 0 to 2047, as secret as
// the sentence. White space of any kind separates words. It fails with ErrMnemonic, naming the place of a word that is
// not in the list, never the word. It does not check the checksum.
func Indexes(mnemonic secret.Bytes) ([]uint16, error) {
	if mnemonic.Len() > maxSentence {
		return nil, fmt.Errorf("%w: %d bytes long", ErrMnemonic, mnemonic.Len())
	}
	var indexes []uint16
	var err error
	sentence := normalize(mnemonic)
	defer sentence.Destroy()
	sentence.Reveal(func(b []byte) { indexes, err = lookup(bytes.Fields(b)) })
	return indexes, err
}

func lookup(words [][]byte) ([]uint16, error) {
	if n := len(words); n < 12 || n > 24 || n%3 != 0 {
		return nil, fmt.Errorf("%w: %d words, not 12, 15, 18, 21 or 24", ErrMnemonic, n)
	}
	indexes := make([]uint16, len(words))
	for i, word := range words {
		index, ok := wordIndex(word)
		if !ok {
			clear(indexes)
			return nil, fmt.Errorf("%w: word %d is not in the English list%s", ErrMnemonic, i+1, hint(word))
		}
		indexes[i] = index
	}
	return indexes, nil
}

// hint recognises the one mistake that can be named without naming the word.
func hint(word []byte) string {
	if _, ok := wordIndex(bytes.ToLower(word)); ok {
		return " (write it in lower case)"
	}
	return ""
}

// CheckMnemonic checks a sentence: the number of words, each word, the checksum. It fails with ErrMnemonic.
func CheckMnemonic(mnemonic secret.Bytes) error {
	entropy, err := Entropy(mnemonic)
	entropy.Destroy()
	return err
}

// Entropy is the inverse of NewMnemonic: the 16 to 32 bytes that a sentence encodes. It fails with ErrMnemonic as
// CheckMnemonic does.
func Entropy(mnemonic secret.Bytes) (secret.Bytes, error) {
	indexes, err := Indexes(mnemonic)
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(indexes)
	bits := make([]byte, maxEntropy+1)
	defer clear(bits)
	for i, index := range indexes {
		for j := range bitsPerWord {
			bit := i*bitsPerWord + j
			bits[bit/8] |= byte(index>>(bitsPerWord-1-j)&1) << (7 - bit%8)
		}
	}
	entropy := bits[:len(indexes)/3*4] // 3 words carry 32 bits of it
	sum := sha256.Sum256(entropy)
	if unused := 8 - len(indexes)/3; sum[0]>>unused != bits[len(entropy)]>>unused {
		return secret.Bytes{}, fmt.Errorf("%w: the checksum does not match, a word is wrong or misplaced", ErrMnemonic)
	}
	return secret.Copy(entropy), nil
}

// normalize brings a sentence into the one form from which BIP-39 makes a seed: Unicode NFKD, and single spaces between
// the words, so that a line break at the end of a file does not lead to another wallet.
func normalize(mnemonic secret.Bytes) secret.Bytes {
	var sentence secret.Bytes
	mnemonic.Reveal(func(b []byte) {
		decomposed := norm.NFKD.Append(make([]byte, 0, 2*len(b)), b...)
		sentence = secret.New(bytes.Join(bytes.Fields(decomposed), []byte{' '}))
		clear(decomposed)
	})
	return sentence
}
