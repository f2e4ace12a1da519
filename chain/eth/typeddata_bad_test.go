package eth_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"tapcard.example/chain/eth"
)

// typed is a document with one type T of the given fields.
func typed(fields, message string) string {
	return `{"types":{"T":[` + fields + `]},"primaryType":"T","domain":{"name":"x"},"message":` + message + `}`
}

func field(typ string) string { return `{"name":"a","type":"` + typ + `"}` }

// replace changes the mail of EIP-712 in one place.
func replace(old, new string) string {
	raw, err := os.ReadFile("testdata/summaries/typed_mail.json")
	if err != nil || !strings.Contains(string(raw), old) {
		return "the test is wrong: " + old
	}
	return strings.Replace(string(raw), old, new, 1)
}

const cycle = `{"types":{"T":[{"name":"u","type":"U[]"}],"U":[{"name":"t","type":"T"}]},"primaryType":"T",` +
	`"domain":{"name":"x"},"message":{"u":[]}}`

var badTypedData = []struct{ name, in, says string }{
	{"not JSON", "{", "JSON"},
	{"an array", "[]", "not an object"},
	{"nothing", "{}", "types is missing"},
	{"an unknown part", strings.Replace(typed(field("bool"), `{"a":true}`), "{", `{"x":1,`, 1), `"x"`},
	{"types of another kind", `{"types":1,"primaryType":"T","domain":{},"message":{}}`, "types must be"},
	{"an empty domain", replace(`"name": "Ether Mail"`, `"nome": "x"`), "domain"},
	{"no domain at all", `{"types":{"T":[` + field("bool") + `]},"primaryType":"T","domain":{},"message":{"a":true}}`,
		"every application"},
	{"a domain type of its own", replace(`"type": "string"`, `"type": "bytes"`), "EIP-712 does not know"},
	{"a domain that lacks a field", replace(`"version": "1",`, ""), "version is missing"},
	{"a chain id that is no number", replace(`"chainId": 1`, `"chainId": "one"`), "whole number"},
	{"an unknown primary type", replace(`"primaryType": "Mail"`, `"primaryType": "Male"`), "not declared"},
	{"the domain as primary type", replace(`"primaryType": "Mail"`, `"primaryType": "EIP712Domain"`),
		"nothing to sign but the domain"},
	{"a missing field", replace(`,
  "contents": "Hello, Bob!"`, ""), "contents is missing"},
	{"an extra field", replace(`"contents": "Hello`, `"more": 1, "contents": "Hello`), `"more"`},
	{"a null", replace(`"contents": "Hello, Bob!"`, `"contents": null`), "null is not a string"},
	{"an unknown type", typed(field("Person"), `{"a":{}}`), "Person is not known"},
	{"an alias", typed(field("uint"), `{"a":1}`), "uint is not known"},
	{"uint7", typed(field("uint7"), `{"a":1}`), "uint7 is not known"},
	{"uint264", typed(field("uint264"), `{"a":1}`), "uint264 is not known"},
	{"uint08", typed(field("uint08"), `{"a":1}`), "uint08 is not known"},
	{"bytes33", typed(field("bytes33"), `{"a":"0x"}`), "bytes33 is not known"},
	{"bytes0", typed(field("bytes0"), `{"a":"0x"}`), "bytes0 is not known"},
	{"an empty type", typed(field(""), `{"a":1}`), "malformed"},
	{"a malformed type", typed(field("uint8[2"), `{"a":1}`), "malformed"},
	{"another malformed type", typed(field("uint8[[]]"), `{"a":1}`), "malformed"},
	{"text behind a type", typed(field("uint8[]x"), `{"a":1}`), "malformed"},
	{"an array of length 0", typed(field("uint8[0]"), `{"a":[]}`), "malformed"},
	{"nine dimensions", typed(field("bool"+strings.Repeat("[]", 9)), `{"a":[]}`), "malformed"},
	{"a type with a comma", typed(field("uint8 x,bool"), `{"a":1}`), "malformed"},
	{"a built-in redefined", strings.Replace(typed(field("bool"), `{"a":true}`), `"T":[`, `"uint256":[`+field("bool")+
		`],"T":[`, 1), `"uint256" cannot be the name of a type`},
	{"a type's name with a space", strings.Replace(typed(field("bool"), `{"a":true}`), `"T":[`, `"A B":[`+field("bool")+
		`],"T":[`, 1), "cannot be the name of a type"},
	{"a field's name with a parenthesis", typed(`{"name":"a)b","type":"bool"}`, `{"a)b":true}`), "name of a field"},
	{"a field without a name", typed(`{"name":"","type":"bool"}`, `{"":true}`), "name of a field"},
	{"a field that is none", typed(`1`, `{}`), "not a field"},
	{"a field with more in it", typed(`{"name":"a","type":"bool","indexed":true}`, `{"a":true}`), "indexed"},
	{"a field twice", typed(field("bool")+","+field("bool"), `{"a":true}`), "two fields a"},
	{"no fields", typed("", `{}`), "no fields"},
	{"a cycle", cycle, "contains itself"},
	{"a type in itself", typed(field("T"), `{"a":{}}`), "contains itself"},
	{"an array of itself", typed(field("T[]"), `{"a":[]}`), "contains itself"},
	{"too many fields", typed(strings.TrimSuffix(strings.Repeat(field("bool")+",", 257), ","), `{}`), "256"},
	{"uint8 of 256", typed(field("uint8"), `{"a":256}`), "8 bits"},
	{"uint8 of -1", typed(field("uint8"), `{"a":-1}`), "negative"},
	{"int8 of 128", typed(field("int8"), `{"a":128}`), "8 bits"},
	{"int8 of -129", typed(field("int8"), `{"a":"-129"}`), "8 bits"},
	{"uint256 of 2^256", typed(field("uint256"), `{"a":"0x1`+strings.Repeat("0", 64)+`"}`), "256 bits"},
	{"an integer of a million digits", typed(field("uint256"), `{"a":`+strings.Repeat("9", 900000)+`}`), "256 bits"},
	{"a fraction", typed(field("uint8"), `{"a":1.0}`), "whole number"},
	{"a truth as text", typed(field("bool"), `{"a":"true"}`), "neither true nor false"},
	{"a number as text", typed(field("string"), `{"a":1}`), "not a string"},
	{"an address of 19 bytes", typed(field("address"), `{"a":"0x`+strings.Repeat("00", 19)+`"}`), "19 bytes"},
	{"bytes4 of 3", typed(field("bytes4"), `{"a":"0x010203"}`), "3 bytes instead of 4"},
	{"bytes without 0x", typed(field("bytes"), `{"a":"00"}`), "0x"},
	{"an array that is none", typed(field("bool[]"), `{"a":true}`), "not an array"},
	{"an array of another length", typed(field("bool[2]"), `{"a":[true]}`), "1 elements, its type says 2"},
	{"a null in an array", typed(field("bool[]"), `{"a":[null]}`), "null"},
	{"an object that is none", `{"types":{"T":[{"name":"u","type":"U"}],"U":[` + field("bool") + `]},"primaryType":"T",` +
		`"domain":{"name":"x"},"message":{"u":1}}`, "not an object of type U"},
	{"too many values", typed(field("bool[]"), `{"a":[true`+strings.Repeat(",true", 9000)+`]}`), "4096 values"},
	{"too deep", typed(field("bool"), `{"a":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`), "deeper"},
}

func TestTypedDataThatMustNotBeSigned(t *testing.T) {
	for _, test := range badTypedData {
		d, err := eth.ParseTypedData([]byte(test.in))
		if d != nil || !errors.Is(err, eth.ErrTypedData) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		} else if strings.Contains(err.Error(), "\n") || len(err.Error()) > 400 {
			t.Errorf("%s: the error is not one line: %v", test.name, err)
		}
	}
}
