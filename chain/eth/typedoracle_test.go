package eth_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"tapcard.example/chain/eth"
)

// oracle is a second, plain implementation of EIP-712 for one fixed set of types, to compare digests with.
type oracle struct {
	types map[string][][2]string // type: fields of (type, name)
}

func (o oracle) encodeType(name string) string {
	needed := map[string]bool{}
	o.collect(name, needed)
	delete(needed, name)
	text := ""
	for _, n := range append([]string{name}, slices.Sorted(maps.Keys(needed))...) {
		var members []string
		for _, f := range o.types[n] {
			members = append(members, f[0]+" "+f[1])
		}
		text += n + "(" + strings.Join(members, ",") + ")"
	}
	return text
}

func (o oracle) collect(name string, needed map[string]bool) {
	if needed[name] = true; o.types[name] == nil {
		delete(needed, name)
		return
	}
	for _, f := range o.types[name] {
		base, _, _ := strings.Cut(f[0], "[")
		o.collect(base, needed)
	}
}

func (o oracle) hashStruct(name string, v map[string]any) []byte {
	encoded := crypto.Keccak256([]byte(o.encodeType(name)))
	for _, f := range o.types[name] {
		encoded = append(encoded, o.word(f[0], v[f[1]])...)
	}
	return crypto.Keccak256(encoded)
}

// word encodes one value into 32 bytes.
func (o oracle) word(typ string, v any) []byte {
	if i := strings.LastIndexByte(typ, '['); i >= 0 {
		var all []byte
		for _, e := range v.([]any) {
			all = append(all, o.word(typ[:i], e)...)
		}
		return crypto.Keccak256(all)
	}
	out := make([]byte, 32)
	switch v := v.(type) {
	case map[string]any:
		return o.hashStruct(typ, v)
	case bool:
		if v {
			out[31] = 1
		}
	case *big.Int:
		new(big.Int).Mod(v, new(big.Int).Lsh(big.NewInt(1), 256)).FillBytes(out) // two's complement
	case string:
		return crypto.Keccak256([]byte(v))
	case []byte:
		switch {
		case typ == "bytes":
			return crypto.Keccak256(v)
		case typ == "address":
			copy(out[12:], v)
		default:
			copy(out, v)
		}
	}
	return out
}

// draw makes a value of a type, as the oracle takes it.
func (o oracle) draw(t *rapid.T, typ string) any {
	if i := strings.LastIndexByte(typ, '['); i >= 0 {
		n := 2
		if typ[i:] == "[]" {
			n = rapid.IntRange(0, 3).Draw(t, "length")
		}
		array := []any{}
		for range n {
			array = append(array, o.draw(t, typ[:i]))
		}
		return array
	}
	bytes := func(n int) []byte { return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, typ) }
	switch typ {
	case "bool":
		return rapid.Bool().Draw(t, typ)
	case "string":
		return rapid.String().Draw(t, typ)
	case "bytes":
		return bytes(rapid.IntRange(0, 70).Draw(t, "size"))
	case "bytes5":
		return bytes(5)
	case "address":
		return bytes(20)
	case "uint256":
		return new(big.Int).SetBytes(bytes(32))
	case "int64":
		return big.NewInt(rapid.Int64().Draw(t, typ))
	}
	v := map[string]any{}
	for _, f := range o.types[typ] {
		v[f[1]] = o.draw(t, f[0])
	}
	return v
}

// document writes types and values as JSON.
func (o oracle) document(t *rapid.T, primary string, domain, message map[string]any) []byte {
	types := map[string][]map[string]string{}
	for name, fields := range o.types {
		for _, f := range fields {
			types[name] = append(types[name], map[string]string{"type": f[0], "name": f[1]})
		}
	}
	raw, err := json.Marshal(map[string]any{"types": types, "primaryType": primary, "domain": forJSON(domain),
		"message": forJSON(message)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func forJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, e := range v {
			out[name] = forJSON(e)
		}
		return out
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, forJSON(e))
		}
		return out
	case []byte:
		return fmt.Sprintf("0x%x", v)
	case *big.Int:
		return v.String()
	}
	return v
}

func TestDigestsAreThoseOfASecondImplementation(t *testing.T) {
	o := oracle{types: map[string][][2]string{
		"EIP712Domain": {{"string", "name"}, {"uint256", "chainId"}, {"address", "verifyingContract"}},
		"Leaf": {{"bool", "b"}, {"uint256", "u"}, {"int64", "i"}, {"bytes5", "f"}, {"address", "a"}, {"bytes", "d"},
			{"string", "s"}},
		"Tree": {{"Leaf", "one"}, {"Leaf[]", "many"}, {"Leaf[2][]", "pairs"}, {"uint256[][2]", "grid"},
			{"bytes[]", "blobs"}, {"bytes5[2]", "tags"}, {"address[]", "owners"}, {"string[]", "texts"}, {"bool[][][]", "cube"}},
	}}
	rapid.Check(t, func(t *rapid.T) {
		domain := o.draw(t, "EIP712Domain").(map[string]any)
		message := o.draw(t, "Tree").(map[string]any)
		raw := o.document(t, "Tree", domain, message)
		d, err := eth.ParseTypedData(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		want := crypto.Keccak256([]byte{0x19, 1}, o.hashStruct("EIP712Domain", domain), o.hashStruct("Tree", message))
		if d.Digest() != [32]byte(want) {
			t.Fatalf("%s: digest %x, want %x", raw, d.Digest(), want)
		}
	})
}
