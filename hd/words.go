package hd

import (
	_ "embed"
	"sort"
	"strings"
	"sync"
)

//go:embed english.txt
var english string

const wordCount = 2048 // 11 bits a word

// wordlist is the English list of BIP-39, sorted. It is split when it is first needed.
var wordlist = sync.OnceValue(func() []string { return strings.Fields(english) })

// wordIndex finds a word in the list. How long it takes depends on the word; typing it did so too.
func wordIndex(word []byte) (index uint16, ok bool) {
	list := wordlist()
	i := sort.Search(len(list), func(i int) bool { return list[i] >= string(word) })
	if i == len(list) || list[i] != string(word) {
		return 0, false
	}
	return uint16(i), true
}
