package main

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"

	"tapcard.example/chain/eth"
	"tapcard.example/internal/cli"
	"tapcard.example/paycard"
	paywire "tapcard.example/paycard/wire"
)

// noLimit is how a limit that is none is written.
const noLimit = "none"

// parseAmount reads an amount of the token with at most six decimals, or "none".
func parseAmount(flag, text string) (uint64, error) {
	if text == noLimit {
		return paywire.NoLimit, nil
	}
	amount, err := paycard.ParseAmount(text)
	if err != nil {
		return 0, cli.UsageError{Err: fmt.Errorf("--%s %q: %w, or %q", flag, text, err, noLimit)}
	}
	return amount, nil
}

// amountText is the opposite.
func amountText(v uint64) string {
	if v == paywire.NoLimit {
		return noLimit
	}
	return paycard.AmountText(v)
}

// parseCount reads a whole number up to most, or "none".
func parseCount(what, text string, most, none uint64) (uint64, error) {
	if text == noLimit {
		return none, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > most {
		return 0, cli.UsageError{Err: fmt.Errorf("%s %q: a number from 0 to %d, or %q", what, text, most, noLimit)}
	}
	return n, nil
}

// countText is the opposite.
func countText(n, none uint64) string {
	if n == none {
		return noLimit
	}
	return strconv.FormatUint(n, 10)
}

// parsePayAddress reads an Ethereum address, whose checksum must be right if it has one.
func parsePayAddress(flag, text string) (paywire.Address, error) {
	a, err := eth.ParseAddress(text)
	if err != nil {
		return paywire.Address{}, cli.UsageError{Err: fmt.Errorf("--%s: %w", flag, err)}
	}
	return paywire.Address(a), nil
}

// parsePayKeys reads compressed public keys.
func parsePayKeys(texts []string) (keys []paywire.PublicKey, err error) {
	for _, text := range texts {
		raw, err := hex.DecodeString(text)
		if err == nil {
			var k paywire.PublicKey
			if k, err = paywire.ParsePublicKey(raw); err == nil {
				keys = append(keys, k)
			}
		}
		if err != nil {
			return nil, cli.UsageError{Err: fmt.Errorf("%q is no public key of 33 bytes in hex: %w", cli.Printable(text), err)}
		}
	}
	return keys, nil
}

func keyTexts(keys []paywire.PublicKey) []string {
	list := []string{}
	for _, k := range keys {
		list = append(list, hex.EncodeToString(k[:]))
	}
	return list
}

// parseSeconds reads a duration of whole seconds.
func parseSeconds(flag string, d time.Duration, most uint64) (uint64, error) {
	if d < 0 || d%time.Second != 0 || uint64(d/time.Second) > min(most, math.MaxUint32) {
		return 0, cli.UsageError{Err: fmt.Errorf("--%s: whole seconds, %v at most", flag, time.Duration(most)*time.Second)}
	}
	return uint64(d / time.Second), nil
}

// timeText is a time that the card knows, in this computer's zone.
func timeText(seconds uint32) string {
	if seconds == 0 {
		return ""
	}
	return time.Unix(int64(seconds), 0).Format(time.DateTime)
}
