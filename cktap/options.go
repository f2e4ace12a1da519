package cktap

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"time"
)

// TrustKind is the kind of these cards in a trust store.
const TrustKind = "coinkite"

// productionRoot is the maker's only valid factory root (Tap protocol, certs). The obsolete root of development cards,
// which other programs accept, is not in here.
var productionRoot = "03028a0e89e70d0ec0d932053a89ab1da7d9182bdc6d2f03e706ee99517d05d9e1"

// Authorities says whether a compressed public key, 33 bytes, is a factory root that is trusted, and its name. The
// method Authority of a trust.Store is one, for TrustKind.
type Authorities func(key []byte) (name string, ok bool)

// Countdown is told how long a card still wants to wait, about once a second and last with zero. An error stops the
// waiting.
type Countdown func(ctx context.Context, left time.Duration) error

// Options change how a card is spoken to. The zero value trusts the maker's root and remembers nothing.
type Options struct {
	// Rand is the source of ephemeral keys, nonces, challenges and entropy; nil means crypto/rand.
	Rand io.Reader
	// Authorities are the factory roots that are trusted; nil is the maker's production root alone.
	Authorities Authorities
	// Store keeps certificates, the user's entropy and what was begun; nil remembers nothing.
	Store *Store
	// Ident, if it is not empty, is the name of the only card to speak to, as printed on it: 23 characters with dashes.
	Ident string
	// Countdown, if it is not nil, has the delay after wrong CVCs waited out; otherwise such a card is
	// card.ErrRateLimited.
	Countdown Countdown
	// Emulator also accepts what only the maker's public emulator does: a TAPSIGNER's derive signed by the derived key,
	// and a check that covers an unused slot as 33 zero bytes.
	Emulator bool
}

func (o Options) rand() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}

// authority is Authorities with its default.
func (o Options) authority(key []byte) (string, bool) {
	if o.Authorities != nil {
		return o.Authorities(key)
	}
	return "the maker", isProduction(key)
}

func isProduction(key []byte) bool { return hex.EncodeToString(key) == productionRoot }

// random fills n bytes.
func (o Options) random(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(o.rand(), b)
	return b, err
}
