package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// URLState is what a card's URL says about it.
type URLState byte

// The states of a URL. On a TAPSIGNER, URLUnsealed means that it has no key yet.
const (
	URLSealed   URLState = 'S'
	URLUnsealed URLState = 'U'
	URLTampered URLState = 'E'
)

// URLNonceSize is the size in bytes of the nonce in a URL: fresh each time the card is read.
const URLNonceSize = 8

// URLScheme goes in front of the URL as nfc gives it, unless it is there already (Tap protocol, nfc).
const URLScheme = "https://"

const (
	maxURL      = 512
	addressTail = 8 // characters of the address that a SATSCARD's URL shows
)

// URL is what a card shows to a phone: a few letters after the # of a web address, signed (the maker's nfc-spec;
// vectors of real cards). A SATSCARD's is signed by the key of the slot it names, a TAPSIGNER's by the card's own key.
type URL struct {
	Signer    bool // TAPSIGNER or SATSCHIP
	State     URLState
	Slot      int                // SATSCARD, counted from 0
	Tail      string             // SATSCARD: the last 8 characters of the slot's address
	Card      [CardHashSize]byte // TAPSIGNER, SATSCHIP: see CardHash
	Nonce     [URLNonceSize]byte
	Signature Signature
	signed    string // the text that is signed
}

// urlSite is where a product's URL leads: a fixed prefix from the factory.
func urlSite(p Product) string {
	return map[Product]string{
		Satscard: "getsatscard.com/start#", Tapsigner: "tapsigner.com/start#", Satschip: "satschip.com/start#",
	}[p]
}

// Text is what gets signed: everything after the # up to and including "s=".
func (u URL) Text() string {
	if u.signed != "" {
		return u.signed
	}
	if u.Signer {
		return fmt.Sprintf("t=1&u=%c&c=%x&n=%x&s=", u.State, u.Card, u.Nonce)
	}
	return fmt.Sprintf("u=%c&o=%d&r=%s&n=%x&s=", u.State, u.Slot, u.Tail, u.Nonce)
}

// Digest is the SHA-256 of Text.
func (u URL) Digest() [32]byte { return sha256.Sum256([]byte(u.Text())) }

// String is the whole URL of a product, without https:// as the protocol document has it.
func (u URL) String(p Product) string {
	return urlSite(p) + u.Text() + hex.EncodeToString(u.Signature[:])
}

// AddressTail is the part of an address that a URL shows.
func AddressTail(address string) string { return address[max(0, len(address)-addressTail):] }

// ParseURL reads a URL of any of the products, with or without https://, or only what follows its #. The fields may
// come in any order but for s, which is last; unknown ones are signed like the others and ignored. It fails with
// ErrURL; nothing is verified yet.
func ParseURL(s string) (URL, error) {
	if len(s) > maxURL {
		return URL{}, fmt.Errorf("%w: %d characters", ErrURL, len(s))
	}
	if _, after, ok := strings.Cut(s, "#"); ok {
		s = after
	}
	at := strings.LastIndex(s, "s=")
	if at < 0 || at > 0 && s[at-1] != '&' {
		return URL{}, fmt.Errorf("%w: no signature in it", ErrURL)
	}
	u := URL{signed: s[:at+2]}
	if !unhex(u.Signature[:], s[at+2:]) {
		return URL{}, fmt.Errorf("%w: no signature of 64 bytes at its end", ErrURL)
	}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(strings.TrimSuffix(s[:at], "&"), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if seen[name] || !u.set(name, value) {
			return URL{}, fmt.Errorf("%w: field %q", ErrURL, name)
		}
		seen[name] = true
	}
	return u, u.complete(seen)
}

// set takes one field over.
func (u *URL) set(name, value string) bool {
	switch name {
	case "t":
		u.Signer = value == "1"
		return u.Signer
	case "u":
		if value != "S" && value != "U" && value != "E" {
			return false
		}
		u.State = URLState(value[0])
		return true
	case "o":
		n, err := strconv.ParseUint(value, 10, 8)
		u.Slot = int(n)
		return err == nil
	case "r":
		u.Tail = value
		return len(value) == addressTail
	case "c":
		return unhex(u.Card[:], value)
	case "n":
		return unhex(u.Nonce[:], value)
	}
	return true
}

// complete says whether the fields of the product are all there.
func (u *URL) complete(seen map[string]bool) error {
	need := []string{"u", "o", "r", "n"}
	if u.Signer {
		need = []string{"u", "c", "n"}
	}
	for _, name := range need {
		if !seen[name] {
			return fmt.Errorf("%w: it lacks the field %q", ErrURL, name)
		}
	}
	return nil
}

// Signed is what a verified URL proves.
type Signed struct {
	Key     PublicKey // the slot's key, or the card's
	Address string    // SATSCARD: the slot's whole address
	Testnet bool      // SATSCARD: the address is one of the test networks
	Ident   string    // TAPSIGNER, SATSCHIP: the card's name
}

// Verify finds the key that signed the URL: of the up to four keys that fit the signature, the one that belongs to the
// address or the card that the URL names. It proves that somebody had that key once; whether the URL is fresh, only
// comparing its nonce with earlier ones can tell, and whether the card is genuine, only its certificates. It fails with
// ErrURL.
func (u URL) Verify() (Signed, error) {
	digest := u.Digest()
	for id := range byte(4) {
		key, err := recoverKey(digest, id, u.Signature[:])
		if err != nil {
			continue
		}
		if s, ok := u.match(key); ok {
			return s, nil
		}
	}
	return Signed{}, fmt.Errorf("%w: it was not signed by the card it names", ErrURL)
}

// match compares a key with what the URL says; the main network is tried first.
func (u URL) match(key PublicKey) (Signed, bool) {
	if u.Signer {
		return Signed{Key: key, Ident: Ident(key)}, CardHash(key) == u.Card
	}
	for _, testnet := range []bool{false, true} {
		if address := Address(key, testnet); AddressTail(address) == u.Tail {
			return Signed{Key: key, Address: address, Testnet: testnet}, true
		}
	}
	return Signed{}, false
}

// unhex fills dst with exactly as many bytes in hexadecimal.
func unhex(dst []byte, s string) bool {
	if len(s) != 2*len(dst) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}
