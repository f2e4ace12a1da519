package vault

import (
	"fmt"
	"math/big"
)

// code is 12 bits, mantissa 8 | exponent 4, for mantissa times ten to the exponent (Limits.sol, decode).
type code uint16

// decode gives the limit in 1e-6 token: at most 255e15.
func (c code) decode() uint64 {
	n := uint64(c >> 4)
	for range c & 15 {
		n *= 10
	}
	return n
}

// encode finds the code of a limit; not every number has one.
func encode(limit uint64) (code, error) {
	for mantissa, exponent := limit, code(0); exponent < 16; exponent++ {
		if mantissa <= 0xFF {
			return code(mantissa)<<4 | exponent, nil
		}
		if mantissa%10 != 0 {
			break
		}
		mantissa /= 10
	}
	return 0, fmt.Errorf("a limit is a number up to 255 with zeros after it; %d millionths of a token are none", limit)
}

// most is the highest daily or monthly limit: what was spent has 40 bits (Owners.sol, _fits).
const most = 1<<40 - 1

// Limits bound what a purse pays, in 1e-6 token.
type Limits struct{ PerPayment, Daily, Monthly uint64 }

// word packs the limits: perTx 12 | daily 12 | monthly 12.
func (l Limits) word() (uint64, error) {
	var w uint64
	for _, v := range []struct {
		name  string
		limit uint64
	}{{"payment", l.PerPayment}, {"day", l.Daily}, {"month", l.Monthly}} {
		c, err := encode(v.limit)
		if err == nil && v.name != "payment" && v.limit > most {
			err = fmt.Errorf("more than %d millionths of a token do not fit", uint64(most))
		}
		if err != nil {
			return 0, fmt.Errorf("limit for a %s: %w", v.name, err)
		}
		w = w<<12 | uint64(c)
	}
	return w, nil
}

func parseLimits(w uint64) Limits {
	return Limits{code(w >> 24 & 0xFFF).decode(), code(w >> 12 & 0xFFF).decode(), code(w & 0xFFF).decode()}
}

// CooldownStep is how many blocks make one of a cooldown's 63 steps.
const CooldownStep = 8

// Settings are what an owner configures of a purse.
type Settings struct {
	Limits
	Cooldown uint64 // blocks between the anchors of two payments: a multiple of 8, at most 504
	Attested bool   // pays attested merchants only
}

// Word packs settings as BIND, TIGHTEN and LOOSEN take them: perTx 12 | daily 12 | monthly 12 | cooldown 6 | flags 6.
func (s Settings) Word() (*big.Int, error) {
	w, err := s.word()
	if err != nil {
		return nil, err
	}
	if s.Cooldown%CooldownStep != 0 || s.Cooldown/CooldownStep > 63 {
		return nil, fmt.Errorf("a cooldown is a multiple of %d blocks, at most %d; %d is not", CooldownStep, 63*CooldownStep, s.Cooldown)
	}
	w = w<<12 | s.Cooldown/CooldownStep<<6
	if s.Attested {
		w |= flagAttested
	}
	return wei(w), nil
}
