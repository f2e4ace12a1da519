package eth

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// accessList reads [{"address": …, "storageKeys": […]}] (EIP-2930).
func (r *txReader) accessList() types.AccessList {
	v, ok := r.fields["accessList"]
	if !ok {
		return nil
	}
	entries, ok := v.([]any)
	if !ok {
		r.fail("accessList", fmt.Errorf("%s is not an array", describeJSON(v)))
		return nil
	}
	list := types.AccessList{}
	for i, entry := range entries {
		tuple, err := accessTuple(entry)
		if err != nil {
			r.fail(fmt.Sprintf("accessList[%d]", i), err)
			return nil
		}
		list = append(list, tuple)
	}
	return list
}

func accessTuple(v any) (tuple types.AccessTuple, err error) {
	object, ok := v.(map[string]any)
	if !ok {
		return tuple, fmt.Errorf("%s is not an object", describeJSON(v))
	}
	keys, ok := object["storageKeys"].([]any)
	if !ok || len(object) != 2 {
		return tuple, fmt.Errorf("an entry has an address and storageKeys and nothing else")
	}
	if tuple.Address, err = addressValue(object["address"]); err != nil {
		return tuple, err
	}
	tuple.StorageKeys = []common.Hash{}
	for i, key := range keys {
		text, _ := key.(string) // of another kind: not 32 bytes of hex either
		raw, err := parseHex(text)
		if err != nil || len(raw) != common.HashLength {
			return tuple, fmt.Errorf("storageKeys[%d] is not 32 bytes in hex", i)
		}
		tuple.StorageKeys = append(tuple.StorageKeys, common.Hash(raw))
	}
	return tuple, nil
}
