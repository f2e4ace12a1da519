package main

import (
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
)

// actionValue are the flags of what an action takes, each action one kind of them.
type actionValue struct {
	amount, until, id, x, y string
	hours                   uint16
}

// add adds the flags of what an action takes: "settings" or "limits" of a purse, an "amount", a time ("until"), "hours", a
// "passkey", or the id of a "request".
func (v *actionValue) add(c *cobra.Command, takes string, s *settingsFlags) {
	f := c.Flags()
	switch takes {
	case "settings", "limits":
		s.add(c)
	case "amount":
		f.StringVar(&v.amount, "amount", "", "in the token")
	case "until":
		f.StringVar(&v.until, "until", "", "last `DAY` (UTC) on which it can be claimed, such as 2030-12-31")
	case "hours":
		f.Uint16Var(&v.hours, "hours", 0, "`HOURS`, at most 720; the vault's own delay is the least")
	case "passkey":
		f.StringVar(&v.x, "x", "", "x of the passkey's public key on P-256, 32 bytes in hex")
		f.StringVar(&v.y, "y", "", "y of it; 0 in both takes the passkey away")
	case "request":
		f.StringVar(&v.id, "request", "", "the `ID` that asking printed")
	}
}

// parseValue makes the numbers of an action out of them.
func (v *actionValue) parseValue(takes string, s settingsFlags, now time.Time) (value *big.Int, more [32]byte, err error) {
	value = new(big.Int)
	switch takes {
	case "settings", "limits":
		settings, err := s.parse()
		if err != nil {
			return nil, more, err
		}
		if value, err = settings.Word(); err == nil && takes == "limits" {
			value.Rsh(value, 12) // without cooldown and flags
		}
		return value, more, err
	case "amount":
		n, err := amount("amount", v.amount)
		return value.SetUint64(n), more, err
	case "until":
		day, err := time.Parse(time.DateOnly, v.until)
		if err != nil {
			return nil, more, cli.Usage("--until DAY is needed, such as %s", now.AddDate(0, 1, 0).UTC().Format(time.DateOnly))
		}
		end := day.Add(24*time.Hour - time.Second)
		if !end.After(now) {
			return nil, more, cli.Usage("--until %s is over", v.until)
		}
		return value.SetInt64(end.Unix()), more, nil
	case "hours":
		if v.hours > maxDelay {
			return nil, more, cli.Usage("--hours: a delay is at most %d hours", maxDelay)
		}
		return value.SetUint64(uint64(v.hours)), more, nil
	case "passkey":
		x, err := word("x", v.x)
		if err == nil {
			more, err = word("y", v.y)
		}
		return value.SetBytes(x[:]), more, err
	case "request":
		more, err = word(takes, v.id)
	}
	return value, more, err
}

// maxDelay is the longest delay of an owner's own, in hours (Owners.sol, SET_DELAY).
const maxDelay = 720

// word reads 32 bytes in hex; "0" is none.
func word(flag, text string) (w [32]byte, err error) {
	if text == "0" {
		return w, nil
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(raw) != len(w) {
		return w, cli.Usage("--%s is 32 bytes in hex", flag)
	}
	return [32]byte(raw), nil
}
