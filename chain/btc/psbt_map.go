package btc

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The types of the pairs that matter here (BIP-174, BIP-370, BIP-371, BIP-322).
const (
	globalUnsignedTx  = 0x00
	globalXPub        = 0x01
	globalTxVersion   = 0x02
	globalLockTime    = 0x03
	globalInputCount  = 0x04
	globalOutputCount = 0x05
	globalModifiable  = 0x06
	globalMessage     = 0x09
	globalVersion     = 0xfb

	inPreviousTx    = 0x00
	inWitnessOutput = 0x01
	inPartialSig    = 0x02
	inSighash       = 0x03
	inRedeem        = 0x04
	inWitness       = 0x05
	inDerivation    = 0x06
	inFinalScript   = 0x07
	inFinalWitness  = 0x08
	inPreviousID    = 0x0e
	inOutputIndex   = 0x0f
	inSequence      = 0x10
	inTimeLock      = 0x11
	inHeightLock    = 0x12

	outRedeem     = 0x00
	outWitness    = 0x01
	outDerivation = 0x02
	outAmount     = 0x03
	outScript     = 0x04
)

const (
	maxPSBT = 16 << 20 // bytes; the transactions that a few hundred inputs come from
	maxPair = 4_000_000
	maxKey  = 10_000
)

// pair is one key with its value. The first byte of the key is its type; types above 0xfc, which nobody has defined,
// take more bytes and are carried along unread.
type pair struct{ key, value []byte }

// pairs is one map of a PSBT: the global one, or that of an input or output. Pairs that are not understood here stay
// where they are, so that nothing is lost on the way through.
type pairs []pair

// get finds the value of a type whose key is nothing but the type.
func (m pairs) get(kind byte) ([]byte, bool) { return m.find([]byte{kind}) }

func (m pairs) find(key []byte) ([]byte, bool) {
	for _, p := range m {
		if bytes.Equal(p.key, key) {
			return p.value, true
		}
	}
	return nil, false
}

// number reads a value of 4 bytes, little endian. A value of another length is an error.
func (m pairs) number(kind byte) (n uint32, ok bool, err error) {
	value, ok := m.get(kind)
	if !ok {
		return 0, false, nil
	}
	if len(value) != 4 {
		return 0, true, fmt.Errorf("%w: field %#02x has %d bytes, not 4", ErrPSBT, kind, len(value))
	}
	return binary.LittleEndian.Uint32(value), true, nil
}

// hasAny says which of the types is there.
func (m pairs) hasAny(kinds ...byte) (byte, bool) {
	for _, p := range m {
		if bytes.IndexByte(kinds, p.key[0]) >= 0 {
			return p.key[0], true
		}
	}
	return 0, false
}

// set replaces a value, or inserts it before the first larger key, where it belongs in maps that are sorted.
func (m *pairs) set(key, value []byte) {
	at := len(*m)
	for i, p := range *m {
		switch order := bytes.Compare(p.key, key); {
		case order == 0:
			(*m)[i].value = value
			return
		case order > 0 && at == len(*m):
			at = i
		}
	}
	*m = append(*m, pair{})
	copy((*m)[at+1:], (*m)[at:])
	(*m)[at] = pair{key, value}
}

// without leaves out types. only leaves out all others.
func (m pairs) without(kinds ...byte) pairs {
	return m.filter(func(kind byte) bool { return bytes.IndexByte(kinds, kind) < 0 })
}

func (m pairs) only(kinds ...byte) pairs {
	return m.filter(func(kind byte) bool { return bytes.IndexByte(kinds, kind) >= 0 })
}

func (m pairs) filter(keep func(kind byte) bool) pairs {
	var kept pairs
	for _, p := range m {
		if keep(p.key[0]) {
			kept = append(kept, p)
		}
	}
	return kept
}

// append encodes the map and the zero that ends it (BIP-174, "Specification").
func (m pairs) append(dst []byte) []byte {
	for _, p := range m {
		dst = append(appendCompact(dst, len(p.key)), p.key...)
		dst = append(appendCompact(dst, len(p.value)), p.value...)
	}
	return append(dst, 0)
}

// readMap reads a map up to the zero that ends it. A key twice, an empty key and lengths beyond the end are errors.
func readMap(r *reader) (pairs, error) {
	var m pairs
	seen := map[string]bool{}
	for {
		length, err := r.length(maxKey)
		if err != nil {
			return nil, err
		}
		if length == 0 {
			return m, nil
		}
		key := r.take(length)
		length, err = r.length(maxPair)
		if err != nil {
			return nil, err
		}
		if seen[string(key)] {
			return nil, fmt.Errorf("%w: the key %x twice in one map", ErrPSBT, key[:min(8, len(key))])
		}
		seen[string(key)] = true
		m = append(m, pair{key, r.take(length)})
	}
}
