package vault

import (
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

func TestTheFactorysTransactionMakesTheFactory(t *testing.T) {
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(factoryTx); err != nil {
		t.Fatal(err)
	}
	from, err := types.Sender(types.HomesteadSigner{}, tx)
	if err != nil || from != factoryMaker || crypto.CreateAddress(from, 0) != Factory {
		t.Fatalf("made by %v at %v, %v", from, crypto.CreateAddress(from, 0), err)
	}
	if cost := tx.Cost(); !cost.IsUint64() || cost.Uint64() != factoryCost {
		t.Fatalf("it costs %v", cost)
	}
}
