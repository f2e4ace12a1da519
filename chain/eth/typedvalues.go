package eth

import (
	"fmt"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// maxValues bounds the values of a domain and a message together, structures and arrays included. With the bounds on
// types it keeps the largest document near a second: go-ethereum's encoder goes through all types at every structure.
const maxValues = 4096

// walker turns JSON into the Go values that go-ethereum's encoder takes without guessing, and lists what it met.
type walker struct {
	types  apitypes.Types
	leaves []leaf
	count  *int
}

// structure converts an object whose fields are exactly those of the type.
func (w *walker) structure(path, typ string, v any) (map[string]any, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: %s is not an object of type %s", orWhole(path), describeJSON(v), typ)
	}
	var names []string
	for _, field := range w.types[typ] {
		names = append(names, field.Name)
	}
	if err := checkFields(object, names); err != nil {
		return nil, fmt.Errorf("%s: %w", orWhole(path), err)
	}
	out := map[string]any{}
	for _, field := range w.types[typ] {
		t, err := parseTypeExpr(field.Type)
		if err != nil {
			return nil, err
		}
		if out[field.Name], err = w.value(join(path, field.Name), t, object[field.Name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *walker) value(path string, t typeExpr, v any) (any, error) {
	if *w.count++; *w.count > maxValues {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	if len(t.dims) > 0 {
		return w.array(path, t, v)
	}
	if _, ok := w.types[t.base]; ok {
		return w.structure(path, t.base, v)
	}
	b, _ := builtInType(t.base) // checkTypes saw that there is nothing else
	value, err := b.convert(v)
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", path, t.base, err)
	}
	w.leaves = append(w.leaves, leaf{path, t.base, value})
	return b.encodable(value), nil
}

func (w *walker) array(path string, t typeExpr, v any) (any, error) {
	array, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: %s is not an array", path, describeJSON(v))
	}
	if want := t.dims[len(t.dims)-1]; want != dynamic && want != len(array) {
		return nil, fmt.Errorf("%s: %d elements, its type says %d", path, len(array), want)
	}
	out := make([]any, 0, len(array))
	for i, v := range array {
		element, err := w.value(fmt.Sprintf("%s[%d]", path, i), t.element(), v)
		if err != nil {
			return nil, err
		}
		out = append(out, element)
	}
	if len(array) == 0 {
		w.leaves = append(w.leaves, leaf{path, t.base, nil})
	}
	return out, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func orWhole(path string) string {
	if path == "" {
		return "the whole"
	}
	return path
}
