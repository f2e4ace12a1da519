package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/pay/contracts"
)

// Factory is the contract that creates others with CREATE2, at the same address on every chain. Its transaction was
// signed once for all chains, with a signature that nobody has the key of; what it calls with is salt 32 | creation code.
var Factory = common.HexToAddress("0x4e59b44847b379578588920cA78FbF26c0B4956C")

// factoryMaker sends factoryTx and has to have gas for it before.
var factoryMaker = common.HexToAddress("0x3fAB184622Dc19b6109349B94811493BF2a45362")

// factoryCost is what factoryTx takes: 100,000 gas at 100 gwei.
const factoryCost = 1e16

// factoryTx is the transaction that creates the factory, without a chain ID so that it works on all of them.
var factoryTx = hexutil.MustDecode("0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffff" +
	"ffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0" +
	"2222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222")

// salt makes our addresses ours; a new version of the contracts has other code and so other addresses anyway.
var salt = crypto.Keccak256Hash([]byte("tappay"))

// Step is one contract of a deployment.
type Step struct {
	Name    string         `json:"name"`
	Address common.Address `json:"address"`
	code    []byte         // creation code with its arguments
}

// step finds out where a contract will be: its address depends on its code and arguments, and on nothing else.
func step(name string, libraries map[string]common.Address, arguments ...any) (Step, error) {
	a, err := contracts.Load(name)
	if err != nil {
		return Step{}, err
	}
	code, err := a.Code(libraries, arguments...)
	if err != nil {
		return Step{}, err
	}
	return Step{name, crypto.CreateAddress2(Factory, salt, crypto.Keccak256(code)), code}, nil
}

// Plan lists the contracts of a vault in the order of their deployment: libraries first, the vault last.
func Plan(p Params) ([]Step, error) {
	main, err := contracts.Load("Vault")
	if err != nil {
		return nil, err
	}
	var steps []Step
	libraries := map[string]common.Address{}
	for _, name := range main.Libraries() {
		s, err := step(name, nil)
		if err != nil {
			return nil, err
		}
		steps, libraries[name] = append(steps, s), s.Address
	}
	last, err := step("Vault", libraries, p)
	return append(steps, last), err
}

// PlanTestDollar is the token for trying things out.
func PlanTestDollar() (Step, error) { return step("TestDollar", nil) }

// ErrNoFactory says that the chain has no Factory, and that there is no money to make it.
var ErrNoFactory = errors.New("the chain has no deterministic deployment factory, and the account cannot pay for it")

// Deploy makes what is not there yet, so it goes on where an earlier run was interrupted. done is told of each contract.
func (c *Chain) Deploy(ctx context.Context, k *Key, steps []Step, done func(s Step, was bool)) error {
	if err := c.needFactory(ctx, k); err != nil {
		return err
	}
	for _, s := range steps {
		was, err := c.has(ctx, s.Address)
		if err == nil && !was {
			_, err = c.send(ctx, k, Factory, slices.Concat(salt[:], s.code), nil)
		}
		if err == nil {
			err = c.must(ctx, s)
		}
		if err != nil {
			return fmt.Errorf("deploying %s: %w", s.Name, err)
		}
		done(s, was)
	}
	return nil
}

func (c *Chain) must(ctx context.Context, s Step) error {
	if there, err := c.has(ctx, s.Address); err != nil || there {
		return err
	}
	return fmt.Errorf("there is no code at %s afterwards", s.Address)
}

// needFactory makes the factory where it is missing: new local chains.
func (c *Chain) needFactory(ctx context.Context, k *Key) error {
	if there, err := c.has(ctx, Factory); err != nil || there {
		return err
	}
	if err := c.Give(ctx, k, factoryMaker, wei(factoryCost)); err != nil {
		return fmt.Errorf("%w: %w", ErrNoFactory, err)
	}
	tx := new(types.Transaction)
	if err := tx.UnmarshalBinary(factoryTx); err != nil {
		return err
	}
	if err := c.node.SendTransaction(ctx, tx); err != nil {
		return fmt.Errorf("%w: %w", ErrNoFactory, err)
	}
	if _, err := c.wait(ctx, tx.Hash()); err != nil {
		return err
	}
	return c.must(ctx, Step{Name: "factory", Address: Factory})
}
