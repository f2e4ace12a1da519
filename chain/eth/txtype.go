package eth

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
)

// txType decides the type of a transaction: by its fee fields, which must fit the type that it claims.
func (r *txReader) txType() (uint8, error) {
	dynamic := r.has("maxFeePerGas") || r.has("maxPriorityFeePerGas")
	switch {
	case dynamic && r.has("gasPrice"):
		return 0, badTransaction("gasPrice contradicts maxFeePerGas and maxPriorityFeePerGas, it is one or the other")
	case !dynamic && !r.has("gasPrice") && !r.has("type"):
		return 0, badTransaction("no fee: maxFeePerGas and maxPriorityFeePerGas are missing, or gasPrice")
	}
	implied := uint8(types.LegacyTxType)
	switch {
	case dynamic:
		implied = types.DynamicFeeTxType
	case r.has("accessList"):
		implied = types.AccessListTxType
	}
	if !r.has("type") {
		return implied, nil
	}
	claimed, err := typeNumber(r.fields["type"])
	if err != nil {
		return 0, badTransaction("type: %w", err)
	}
	if err := checkType(claimed); err != nil {
		return 0, err
	}
	return claimed, r.fits(claimed)
}

// fits refuses fields that the claimed type does not have. A type's own fields are asked for when they are read.
func (r *txReader) fits(claimed uint8) error {
	var foreign []string
	switch claimed {
	case types.LegacyTxType:
		foreign = []string{"maxFeePerGas", "maxPriorityFeePerGas", "accessList"}
	case types.AccessListTxType:
		foreign = []string{"maxFeePerGas", "maxPriorityFeePerGas"}
	case types.DynamicFeeTxType:
		foreign = []string{"gasPrice"}
	}
	for _, name := range foreign {
		if r.has(name) {
			return badTransaction("type %d has no field %s", claimed, name)
		}
	}
	return nil
}

// typeNumber reads 2, "2", "0x2" or viem's "eip1559".
func typeNumber(v any) (uint8, error) {
	switch v {
	case "legacy":
		return types.LegacyTxType, nil
	case "eip2930":
		return types.AccessListTxType, nil
	case "eip1559":
		return types.DynamicFeeTxType, nil
	case "eip4844":
		return types.BlobTxType, nil
	case "eip7702":
		return types.SetCodeTxType, nil
	}
	if _, isText := v.(string); !isText {
		if _, isNumber := v.(json.Number); !isNumber {
			return 0, errors.New("not a number")
		}
	}
	n, err := quantity(v)
	if err != nil {
		return 0, err
	}
	if !n.IsUint64() || n.Uint64() > 0x7f { // EIP-2718
		return 0, fmt.Errorf("%v is no type of transaction", n)
	}
	return uint8(n.Uint64()), nil
}
