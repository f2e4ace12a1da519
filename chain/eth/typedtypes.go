package eth

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

const (
	maxTypes      = 32
	maxTypeFields = 256 // of all types together
	maxName       = 128 // bytes of the name of a type or a field
	maxDimensions = 8   // of an array
)

// typeExpr is a field's type taken apart: Person[2][] is Person with the dimensions 2 and dynamic.
type typeExpr struct {
	base string
	dims []int // in the order of the text; dynamic for []
}

const dynamic = -1

// element is the type of an array's elements: the last dimension is the outermost.
func (t typeExpr) element() typeExpr { return typeExpr{t.base, t.dims[:len(t.dims)-1]} }

func parseTypeExpr(text string) (typeExpr, error) {
	base, rest, _ := strings.Cut(text, "[")
	t := typeExpr{base: base}
	if len(base) < len(text) {
		inner, ok := strings.CutSuffix(rest, "]")
		if !ok {
			return t, fmt.Errorf("the type %.80q is malformed", text)
		}
		for _, dim := range strings.Split(inner, "][") {
			n, err := parseDimension(dim)
			if err != nil || len(t.dims) == maxDimensions {
				return t, fmt.Errorf("the type %.80q is malformed", text)
			}
			t.dims = append(t.dims, n)
		}
	}
	if !isIdentifier(base) {
		return t, fmt.Errorf("the type %.80q is malformed", text)
	}
	return t, nil
}

func parseDimension(text string) (int, error) {
	if text == "" {
		return dynamic, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || text[0] == '0' {
		return 0, errors.New("not a length")
	}
	return int(n), nil
}

// isIdentifier accepts ASCII letters, digits and _, with a letter first. Solidity also allows $ and a leading _, which
// go-ethereum's encoder does not know.
func isIdentifier(name string) bool {
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		digit := c >= '0' && c <= '9' || c == '_'
		if !letter && (i == 0 || !digit) {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// isFieldName is isIdentifier, with a leading _ and $ allowed as in Solidity.
func isFieldName(name string) bool {
	return len(name) <= maxName && isIdentifier("x"+strings.ReplaceAll(name, "$", "_")) && name != "" &&
		(name[0] < '0' || name[0] > '9')
}

// parseTypes reads {"Person": [{"name": …, "type": …}]}.
func parseTypes(v any) (apitypes.Types, error) {
	object, ok := v.(map[string]any)
	if !ok || len(object) > maxTypes {
		return nil, fmt.Errorf("types must be an object with at most %d types", maxTypes)
	}
	types, total := apitypes.Types{}, 0
	for _, name := range slices.Sorted(maps.Keys(object)) {
		v := object[name]
		list, ok := v.([]any)
		if total += len(list); !ok || total > maxTypeFields {
			return nil, fmt.Errorf("types.%.80s must be an array of fields, %d in all types together", name, maxTypeFields)
		}
		for _, v := range list {
			field, err := parseTypeField(v)
			if err != nil {
				return nil, fmt.Errorf("types.%.80s: %w", name, err)
			}
			types[name] = append(types[name], field)
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("types.%.80s has no fields", name)
		}
	}
	return types, nil
}

func parseTypeField(v any) (apitypes.Type, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return apitypes.Type{}, fmt.Errorf("%s is not a field", describeJSON(v))
	}
	if err := checkFields(object, []string{"name", "type"}); err != nil {
		return apitypes.Type{}, err
	}
	name, okName := object["name"].(string)
	typ, okType := object["type"].(string)
	if !okName || !okType {
		return apitypes.Type{}, errors.New("name and type of a field must be strings")
	}
	if !isFieldName(name) {
		return apitypes.Type{}, fmt.Errorf("%.80q cannot be the name of a field", name)
	}
	return apitypes.Type{Name: name, Type: typ}, nil
}

// checkTypes refuses types with a built-in's name, fields that appear twice, unknown types and types within themselves.
func checkTypes(types apitypes.Types) error {
	graph := typeGraph{types: types, state: map[string]visit{}}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		fields := types[name]
		if !isIdentifier(name) || looksBuiltIn(name) {
			return fmt.Errorf("%.80q cannot be the name of a type", name)
		}
		seen := map[string]bool{}
		for _, field := range fields {
			if seen[field.Name] {
				return fmt.Errorf("the type %s has two fields %s", name, field.Name)
			}
			seen[field.Name] = true
		}
		if err := graph.visit(name); err != nil {
			return err
		}
	}
	return nil
}

// typeGraph walks from types to the types of their fields.
type typeGraph struct {
	types apitypes.Types
	state map[string]visit
}

type visit int

const (
	unvisited visit = iota
	entered
	finished
)

// visit goes as deep as there are types, which maxTypes bounds.
func (g *typeGraph) visit(name string) error {
	switch g.state[name] {
	case entered:
		return fmt.Errorf("the type %s contains itself", name)
	case finished:
		return nil
	}
	g.state[name] = entered
	for _, field := range g.types[name] {
		t, err := parseTypeExpr(field.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, field.Name, err)
		}
		if _, ok := g.types[t.base]; ok {
			if err := g.visit(t.base); err != nil {
				return err
			}
		} else if _, ok := builtInType(t.base); !ok {
			return fmt.Errorf("%s.%s: the type %s is not known", name, field.Name, t.base)
		}
	}
	g.state[name] = finished
	return nil
}
