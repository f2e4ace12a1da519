package vault

import (
	"context"
	"errors"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// arbitratorABI is what is asked of an ERC-792 arbitrator (IArbitrator.sol).
var arbitratorABI = func() abi.ABI {
	a, err := abi.JSON(strings.NewReader(`[{"type":"function","name":"arbitrationCost","stateMutability":"view",
		"inputs":[{"name":"extraData","type":"bytes"}],"outputs":[{"type":"uint256"}]}]`))
	if err != nil {
		panic(err)
	}
	return a
}()

// ErrNoArbitrator says that a vault was deployed without an arbitrator: its court's decisions are final.
var ErrNoArbitrator = errors.New("this vault has no arbitrator: what its court decided is final")

// AppealCost is what the vault's arbitrator takes for a case, in wei.
func (v *Vault) AppealCost(ctx context.Context, leaf [32]byte) (*big.Int, error) {
	if v.Params.Arbitrator == (common.Address{}) {
		return nil, ErrNoArbitrator
	}
	data, err := arbitratorABI.Pack("arbitrationCost", leaf[:])
	if err != nil {
		return nil, err
	}
	answer, err := v.node.CallContract(ctx, ethereum.CallMsg{To: &v.Params.Arbitrator, Data: data}, nil)
	if err != nil {
		return nil, err
	}
	out, err := arbitratorABI.Unpack("arbitrationCost", answer)
	if err != nil {
		return nil, err
	}
	return out[0].(*big.Int), nil
}

// Appeal asks the arbitrator about a case that the key's side lost, for its cost in wei, which the key pays.
func (v *Vault) Appeal(ctx context.Context, k *Key, leaf [32]byte, cost *big.Int) (*types.Receipt, error) {
	data, err := contractABI.Pack("appeal", leaf)
	if err != nil {
		return nil, err
	}
	return v.send(ctx, k, v.Address, data, cost)
}
