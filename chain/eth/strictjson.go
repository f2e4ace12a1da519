package eth

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxJSON      = 1 << 20 // bytes of a document
	maxJSONDepth = 64      // objects and arrays within each other
)

// parseJSON reads one document into map[string]any, []any, string, json.Number, bool and nil, and is stricter than
// encoding/json where that would pick one of two meanings: a name twice in an object, bytes that are not UTF-8, half a
// surrogate pair, or anything after the document is an error.
func parseJSON(b []byte) (any, error) {
	switch {
	case len(b) > maxJSON:
		return nil, fmt.Errorf("more than %d bytes of JSON", maxJSON)
	case !utf8.Valid(b):
		return nil, errors.New("the JSON is not UTF-8")
	case !json.Valid(b):
		return nil, syntaxError(b)
	case halfSurrogate(b):
		return nil, errors.New("the JSON holds half a surrogate pair (\\ud800 to \\udfff)")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return parseValue(d, 0)
}

// syntaxError asks the decoder for its words about a document that is known to be bad.
func syntaxError(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return errors.New("not JSON")
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("JSON nested deeper than %d", maxJSONDepth)
	}
	token, err := d.Token()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("no JSON")
	}
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return parseObject(d, depth)
	case json.Delim('['):
		return parseArray(d, depth)
	}
	return token, nil
}

func parseObject(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, errors.New("an object's name is not a string")
		}
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("%.80q appears twice", name)
		}
		if object[name], err = parseValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

func parseArray(d *json.Decoder, depth int) (any, error) {
	array := []any{}
	for d.More() {
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
	}
	_, err := d.Token()
	return array, err
}

// halfSurrogate looks for \uD800 to \uDFFF without its other half. encoding/json turns it into U+FFFD without a word,
// and what is signed would differ from what the sender meant. b is valid JSON, so a backslash is inside a string.
func halfSurrogate(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		first, ok := unicodeEscape(b[i:])
		if !ok {
			i++ // the escaped character, which may be a backslash
			continue
		}
		i += 5
		if !utf16.IsSurrogate(first) {
			continue
		}
		second, ok := unicodeEscape(b[i+1:])
		if !ok || utf16.DecodeRune(first, second) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// unicodeEscape reads \uXXXX at the beginning of b.
func unicodeEscape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var raw [2]byte
	if _, err := hex.Decode(raw[:], b[2:6]); err != nil {
		return 0, false
	}
	return rune(raw[0])<<8 | rune(raw[1]), true
}

// describeJSON names a value for an error message, shortened.
func describeJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return fmt.Sprintf("%.80q", v)
	}
	return fmt.Sprintf("%.80v", v)
}
