package eth_test

import (
	"errors"
	"strings"
	"testing"

	"tapcard.example/chain/eth"
)

// withChain completes the fields of a transaction.
func withChain(fields string) string { return `{"chainId":1,"nonce":0,"gas":21000,` + fields + `}` }

const (
	onlyTo = `"to":"0x3535353535353535353535353535353535353535"`
	to     = onlyTo + ","
)

var badTransactions = []struct {
	name, in, says string
	kind           error
}{
	{"type 4 in JSON", withChain(to + `"type":4,"gasPrice":1`), "EIP-7702", eth.ErrSetCode},
	{"a viem type", withChain(to + `"type":"eip7702"`), "EIP-7702", eth.ErrSetCode},
	{"authorizations in JSON", withChain(to + `"maxFeePerGas":1,"authorizationList":[]`), "EIP-7702", eth.ErrSetCode},
	{"type 4 in RLP", "0x04c0", "EIP-7702", eth.ErrSetCode},
	{"an authorization in RLP", "0x05d70194353535353535353535353535353535353535353501", "EIP-7702", eth.ErrSetCode},
	{"type 3 in JSON", withChain(to + `"type":"0x3"`), "EIP-4844", eth.ErrBlob},
	{"blobs in JSON", withChain(to + `"maxFeePerGas":1,"maxFeePerBlobGas":1`), "EIP-4844", eth.ErrBlob},
	{"type 3 in RLP", "0x03c0", "EIP-4844", eth.ErrBlob},
	{"a signed one in RLP", eip155Signed, "signed already", nil},
	{"a signed one in JSON", withChain(to + `"gasPrice":1,"v":"0x1b"`), "signed already", nil},
	{"before EIP-155", "0xe9098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080",
		"valid on every chain", nil},
	{"no chain id", `{"nonce":0,"gas":21000,"gasPrice":1,` + onlyTo + `}`, "chainId is missing", nil},
	{"chain id 0", `{"chainId":0,"nonce":0,"gas":21000,"gasPrice":1,` + onlyTo + `}`,
		"every chain", nil},
	{"a huge chain id", `{"chainId":"0xffffffffffffffff","nonce":0,"gas":21000,"gasPrice":1,` +
		onlyTo + `}`, "chain id", nil},
	{"no nonce", `{"chainId":1,"gas":21000,"gasPrice":1,` + onlyTo + `}`, "nonce is missing", nil},
	{"no gas", `{"chainId":1,"nonce":1,"gasPrice":1,` + onlyTo + `}`, "gas is missing", nil},
	{"two gases", withChain(to + `"gasLimit":21001,"gasPrice":1`), "gas and gasLimit differ", nil},
	{"no gas at all", `{"chainId":1,"nonce":1,"gas":0,"gasPrice":1,` + onlyTo + `}`, "gas limit", nil},
	{"no fee", withChain(to + `"value":1`), "no fee", nil},
	{"both fees", withChain(to + `"gasPrice":1,"maxFeePerGas":1,"maxPriorityFeePerGas":1`), "contradicts", nil},
	{"half a fee", withChain(to + `"maxFeePerGas":1`), "maxPriorityFeePerGas is missing", nil},
	{"the other half", withChain(to + `"maxPriorityFeePerGas":1`), "maxFeePerGas is missing", nil},
	{"a tip above the fee", withChain(to + `"maxFeePerGas":1,"maxPriorityFeePerGas":2`), "above maxFeePerGas", nil},
	{"a type that does not fit", withChain(to + `"type":0,"maxFeePerGas":1,"maxPriorityFeePerGas":1`),
		"type 0 has no field maxFeePerGas", nil},
	{"type 2 with gasPrice", withChain(to + `"type":2,"gasPrice":1`), "type 2 has no field gasPrice", nil},
	{"type 1 with a dynamic fee", withChain(to + `"type":1,"maxFeePerGas":1`), "type 1 has no field", nil},
	{"an unknown type", withChain(to + `"type":9,"gasPrice":1`), "type 9", nil},
	{"no type at all", withChain(to + `"type":"0x80","gasPrice":1`), "no type of transaction", nil},
	{"a type that is no number", withChain(to + `"type":true,"gasPrice":1`), "type", nil},
	{"an unknown field", withChain(to + `"gasPrice":1,"maxFee":1`), `unknown field "maxFee"`, nil},
	{"another case", withChain(to + `"gasprice":1`), `unknown field "gasprice"`, nil},
	{"a field twice", withChain(to + `"gasPrice":1,` + to + `"value":1`), `"to" appears twice`, nil},
	{"a negative value", withChain(to + `"gasPrice":1,"value":-1`), "negative", nil},
	{"a value of 257 bits", withChain(to + `"gasPrice":1,"value":"0x1` + strings.Repeat("0", 64) + `"`), "256 bits", nil},
	{"a value of 100 digits", withChain(to + `"gasPrice":1,"value":"` + strings.Repeat("9", 100) + `"`), "256 bits", nil},
	{"a fraction", withChain(to + `"gasPrice":1,"value":1.5`), "whole number", nil},
	{"an exponent", withChain(to + `"gasPrice":1,"value":1e18`), "whole number", nil},
	{"leading zeros", withChain(to + `"gasPrice":1,"value":"010"`), "leading zeros", nil},
	{"0x alone", withChain(to + `"gasPrice":1,"value":"0x"`), "whole number", nil},
	{"units", withChain(to + `"gasPrice":"1gwei"`), "whole number", nil},
	{"a value that is no number", withChain(to + `"gasPrice":1,"value":[]`), "not a number", nil},
	{"a nonce of 65 bits", `{"chainId":1,"nonce":"0x10000000000000000","gas":21000,"gasPrice":1}`, "64 bits", nil},
	{"the last nonce", `{"chainId":1,"nonce":"0xffffffffffffffff","gas":21000,"gasPrice":1,"data":"0x00"}`, "2^64-2", nil},
	{"a bad checksum", withChain(`"to":"0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed","gasPrice":1`), "checksum",
		eth.ErrAddress},
	{"an empty recipient", withChain(`"to":"","gasPrice":1`), "0x", eth.ErrAddress},
	{"a recipient that is no text", withChain(`"to":5,"gasPrice":1`), "not a string", eth.ErrAddress},
	{"neither recipient nor code", withChain(`"gasPrice":1,"to":null`), "neither a recipient", nil},
	{"odd hex", withChain(to + `"gasPrice":1,"data":"0x123"`), "odd number", nil},
	{"data that is no hex", withChain(to + `"gasPrice":1,"data":"hello"`), "0x", nil},
	{"data that is no text", withChain(to + `"gasPrice":1,"data":1`), "not a hex string", nil},
	{"two data", withChain(to + `"gasPrice":1,"data":"0x12","input":"0x34"`), "data and input differ", nil},
	{"a bad access list", withChain(to + `"gasPrice":1,"accessList":{}`), "not an array", nil},
	{"a bad entry", withChain(to + `"gasPrice":1,"accessList":[1]`), "not an object", nil},
	{"an entry without keys", withChain(to + `"gasPrice":1,"accessList":[{"address":"` + checksummed[0] + `"}]`),
		"storageKeys", nil},
	{"a short key", withChain(to + `"gasPrice":1,"accessList":[{"address":"` + checksummed[0] +
		`","storageKeys":["0x12"]}]`), "32 bytes", nil},
	{"too large", withChain(to + `"gasPrice":1,"data":"0x` + strings.Repeat("00", eth.MaxTransaction) + `"`), "bytes",
		nil},
	{"too much JSON", withChain(to + `"gasPrice":1,"data":"0x` + strings.Repeat("00", 1<<19) + `"`), "of JSON", nil},
	{"not UTF-8", "{\"\xff\":1}", "UTF-8", nil},
	{"half a surrogate pair", `{"\ud800":1}`, "surrogate", nil},
	{"an array", `{"chainId":1}[]`, "not JSON", nil},
	{"nothing", "", "neither JSON nor hex", nil},
	{"an empty encoding", "0x", "empty", nil},
	{"text", "hello", "neither JSON nor hex", nil},
	{"type 0 in RLP", "0x00c0", "begins with 00", nil},
	{"an unknown type in RLP", "0x10c0", "type 16", nil},
}

func TestTransactionsThatMustNotBeSigned(t *testing.T) {
	for _, test := range badTransactions {
		tx, err := eth.ParseTransaction([]byte(test.in))
		want := test.kind
		if want == nil {
			want = eth.ErrTransaction
		}
		if tx != nil || !errors.Is(err, want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		} else if strings.Contains(err.Error(), "\n") || len(err.Error()) > 400 {
			t.Errorf("%s: the error is not one line: %v", test.name, err)
		}
	}
}
