package eth

import (
	"bytes"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// ParseTransactionJSON reads an object with the fields of the Ethereum JSON-RPC, as cast, ethers and viem write them:
//
//	chainId, nonce, gas (or gasLimit)   required
//	to                                  absent or null makes a contract, and then data must not be empty
//	value                               in wei, 0 when absent
//	data (or input)                     hex; when both are there they must agree
//	maxFeePerGas, maxPriorityFeePerGas  both for EIP-1559, in wei
//	gasPrice                            instead of them: legacy, or EIP-2930 together with accessList
//	accessList                          [{"address": …, "storageKeys": […]}]
//	type                                0, 1, 2 or legacy, eip2930, eip1559; must fit the other fields
//	from                                the account that must sign
//
// Numbers are JSON numbers or strings, decimal or 0x. null means absent. Any other field is an error. Errors:
// ErrTransaction, ErrSetCode, ErrBlob.
func ParseTransactionJSON(b []byte) (*Transaction, error) {
	tree, err := parseJSON(b)
	if err != nil {
		return nil, badTransaction("%w", err)
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, badTransaction("%s is not an object", describeJSON(tree))
	}
	r := &txReader{fields: object}
	if err := r.checkNames(); err != nil {
		return nil, err
	}
	return r.read()
}

// txReader reads fields and keeps the first error.
type txReader struct {
	fields map[string]any
	err    error
}

// checkNames drops nulls and refuses the fields that do not belong.
func (r *txReader) checkNames() error {
	for name, v := range r.fields {
		if v == nil && txField(name) != fieldUnknown {
			delete(r.fields, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.fields)) { // sorted: the same input has the same error
		switch txField(name) {
		case fieldBlob:
			return ErrBlob
		case fieldSetCode:
			return ErrSetCode
		case fieldSigned:
			return badTransaction("%w: it has a field %q", errSigned, name)
		case fieldUnknown:
			return badTransaction("unknown field %.80q", name)
		}
	}
	return nil
}

// fieldKind is what a field's name says about a transaction.
type fieldKind int

const (
	fieldUnknown fieldKind = iota
	fieldRead
	fieldSigned
	fieldBlob
	fieldSetCode
)

func txField(name string) fieldKind {
	switch name {
	case "type", "chainId", "nonce", "gas", "gasLimit", "to", "value", "data", "input", "from", "accessList",
		"gasPrice", "maxFeePerGas", "maxPriorityFeePerGas":
		return fieldRead
	case "v", "r", "s", "yParity", "signature", "hash":
		return fieldSigned
	case "maxFeePerBlobGas", "blobVersionedHashes", "blobs", "commitments", "proofs", "sidecars", "kzg":
		return fieldBlob
	case "authorizationList":
		return fieldSetCode
	}
	return fieldUnknown
}

func (r *txReader) read() (*Transaction, error) {
	txType, err := r.txType()
	if err != nil {
		return nil, err
	}
	chainID := r.required("chainId", 64)
	var inner types.TxData
	switch txType {
	case types.LegacyTxType:
		inner = &types.LegacyTx{Nonce: r.nonce(), GasPrice: r.required("gasPrice", 256), Gas: r.gas(), To: r.address("to"),
			Value: r.value(), Data: r.data()}
	case types.AccessListTxType:
		inner = &types.AccessListTx{ChainID: chainID, Nonce: r.nonce(), GasPrice: r.required("gasPrice", 256),
			Gas: r.gas(), To: r.address("to"), Value: r.value(), Data: r.data(), AccessList: r.accessList()}
	default:
		inner = &types.DynamicFeeTx{ChainID: chainID, Nonce: r.nonce(), GasFeeCap: r.required("maxFeePerGas", 256),
			GasTipCap: r.required("maxPriorityFeePerGas", 256), Gas: r.gas(), To: r.address("to"), Value: r.value(),
			Data: r.data(), AccessList: r.accessList()}
	}
	from := r.address("from")
	if r.err != nil {
		return nil, badTransaction("%w", r.err)
	}
	return NewTransaction(types.NewTx(inner), chainID, from)
}

// fail keeps the first error.
func (r *txReader) fail(name string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
}

func (r *txReader) has(name string) bool { _, ok := r.fields[name]; return ok }

// required reads a whole number of at most so many bits. It never returns nil.
func (r *txReader) required(name string, bits int) *big.Int {
	v, ok := r.fields[name]
	if !ok {
		if r.err == nil {
			r.err = fmt.Errorf("the field %s is missing", name)
		}
		return new(big.Int)
	}
	n, err := quantity(v)
	if err == nil {
		err = checkUnsigned(n, bits)
	}
	if err != nil {
		r.fail(name, err)
		return new(big.Int)
	}
	return n
}

func (r *txReader) nonce() uint64 { return r.required("nonce", 64).Uint64() }

func (r *txReader) value() *big.Int {
	if !r.has("value") {
		return new(big.Int)
	}
	return r.required("value", 256)
}

// gas is called gas in the JSON-RPC and gasLimit in ethers.
func (r *txReader) gas() uint64 {
	if !r.has("gasLimit") {
		return r.required("gas", 64).Uint64()
	}
	limit := r.required("gasLimit", 64).Uint64()
	if r.has("gas") && r.required("gas", 64).Uint64() != limit && r.err == nil {
		r.err = fmt.Errorf("gas and gasLimit differ")
	}
	return limit
}

// data is called data or input.
func (r *txReader) data() []byte {
	data, input := r.hex("data"), r.hex("input")
	if r.has("data") && r.has("input") && !bytes.Equal(data, input) && r.err == nil {
		r.err = fmt.Errorf("data and input differ")
	}
	if r.has("data") {
		return data
	}
	return input
}

func (r *txReader) hex(name string) []byte {
	v, ok := r.fields[name]
	if !ok {
		return nil
	}
	text, ok := v.(string)
	if !ok {
		r.fail(name, fmt.Errorf("%s is not a hex string", describeJSON(v)))
		return nil
	}
	raw, err := parseHex(text)
	if err != nil {
		r.fail(name, err)
	}
	return raw
}

func (r *txReader) address(name string) *common.Address {
	v, ok := r.fields[name]
	if !ok {
		return nil
	}
	a, err := addressValue(v)
	if err != nil {
		r.fail(name, err)
	}
	return &a
}

func addressValue(v any) (common.Address, error) {
	text, ok := v.(string)
	if !ok {
		return common.Address{}, fmt.Errorf("%w: %s is not a string", ErrAddress, describeJSON(v))
	}
	return ParseAddress(text)
}
