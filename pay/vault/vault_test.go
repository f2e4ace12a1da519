package vault

import (
	"math/big"
	"strings"
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

func TestEveryErrorOfTheVaultThatAPersonMeetsHasASentence(t *testing.T) {
	for name, sentence := range errorsByName {
		e, ok := contractABI.Errors[name]
		if !ok || strings.Count(sentence, "%v") != len(e.Inputs) {
			t.Errorf("%s: %q for %d arguments", name, sentence, len(e.Inputs))
		}
	}
	// errors of what our code is built on, and one that takes 65,535 payments in a day
	unmet := map[string]bool{"ReentrancyGuardReentrantCall": true, "SafeERC20FailedOperation": true, "Full": true, "Refused": true}
	for name := range contractABI.Errors {
		if errorsByName[name] == "" && !unmet[name] {
			t.Errorf("%s has no sentence", name)
		}
	}
	if said := (&Refused{Name: "Refused", Reason: 99}).Error(); !strings.Contains(said, "reason 99") {
		t.Error(said)
	}
}

func TestTheTimeInARefusalIsShownAsATime(t *testing.T) {
	for block, want := range map[int64]string{
		0: "the vault refused: not before 2023-11-14 22:13:20 UTC",
		7: "the vault refused: not before block 7, and not before 2023-11-14 22:13:20 UTC",
	} {
		r := &Refused{Name: "TooEarly", Args: []any{big.NewInt(block), big.NewInt(1_700_000_000)}}
		if said := r.Error(); said != want {
			t.Error(said)
		}
	}
}

func TestLimitsSurviveTheirCode(t *testing.T) {
	for _, n := range []uint64{0, 1, 255, 2_550, 20e6, 255e9, 1e12} {
		if c, err := encode(n); err != nil || c.decode() != n {
			t.Errorf("%d becomes %d, %v", n, c.decode(), err)
		}
	}
	if _, err := encode(256_000_001); err == nil {
		t.Error("a limit without a code got one")
	}
}
