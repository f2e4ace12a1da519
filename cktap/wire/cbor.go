package wire

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// MaxBody is the most bytes of CBOR that are read. The longest message of the protocol has 237; an APDU of short length
// carries 256 (observed).
const MaxBody = 1024

// Bounds on what is decoded, known fields or not. The deepest message of the protocol has two levels, the widest map
// has 11 pairs, the longest array 8 elements.
const (
	maxLevels   = 8
	maxElements = 64
	maxPairs    = 32
)

const mapMajor, majorMask = 0xA0, 0xE0 // CBOR major type 5 in the three high bits (RFC 8949 §3.1)

// lenient reads what cards send: indefinite lengths, integers that are longer than they need be, tags, unknown fields,
// null for an absent field (Tap protocol, "Extensibility"; indefinite lengths observed).
var lenient = mustDec(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	MaxNestedLevels:   maxLevels,
	MaxArrayElements:  maxElements,
	MaxMapPairs:       maxPairs,
	FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
})

// strict writes what every decoder understands: definite lengths, shortest integers, fields in the order of the struct.
var strict = mustEnc(cbor.EncOptions{IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden})

func mustDec(o cbor.DecOptions) cbor.DecMode {
	m, err := o.DecMode()
	if err != nil {
		panic(err) // the options above are constant
	}
	return m
}

func mustEnc(o cbor.EncOptions) cbor.EncMode {
	m, err := o.EncMode()
	if err != nil {
		panic(err) // the options above are constant
	}
	return m
}

// unmarshal reads a CBOR map into a struct. What is no such map gives ErrCBOR, a field of another type ErrFormat.
func unmarshal(b []byte, v any) error {
	if len(b) == 0 || len(b) > MaxBody || b[0]&majorMask != mapMajor {
		return fmt.Errorf("%w: %d bytes", ErrCBOR, len(b))
	}
	err := lenient.Unmarshal(b, v)
	var wrongType *cbor.UnmarshalTypeError
	switch {
	case err == nil, errors.Is(err, ErrFormat):
		return err
	case errors.As(err, &wrongType):
		return fmt.Errorf("%w: a field has the wrong type", ErrFormat)
	}
	return fmt.Errorf("%w: %w", ErrCBOR, err)
}

// checked is a message that knows which of its fields must be there.
type checked[T any] interface {
	*T
	check() error
}

// decode reads one message and checks its fields.
func decode[T any, P checked[T]](b []byte) (T, error) {
	var v T
	err := unmarshal(b, &v)
	if err == nil {
		err = P(&v).check()
	}
	if err != nil {
		var none T
		return none, err
	}
	return v, nil
}

// decodeAnswer reads one answer, or the error that the card answered instead.
func decodeAnswer[T any, P checked[T]](b []byte) (T, error) {
	if err := ParseError(b); err != nil {
		var none T
		return none, err
	}
	return decode[T, P](b)
}

// encode checks one message and writes it.
func encode[T any, P checked[T]](v T) ([]byte, error) {
	if err := P(&v).check(); err != nil {
		return nil, err
	}
	return strict.Marshal(v)
}

// field is one field of a message and whether it is as it should be.
type field struct {
	name string
	ok   bool
}

// need complains about the first field that is not ok.
func need(fields ...field) error {
	for _, f := range fields {
		if !f.ok {
			return fmt.Errorf("%w: %q is missing or malformed", ErrFormat, f.name)
		}
	}
	return nil
}
