package vault

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/pay/contracts"
	"tapcard.example/paycard"
)

// tokenABI is ERC-20, with the mint of our token for trying things out.
var tokenABI = func() contracts.Artifact {
	a, err := contracts.Load("TestDollar")
	if err != nil {
		panic(err)
	}
	return a
}().ABI

// tokens reads one number from a token.
func (c *Chain) tokens(ctx context.Context, token common.Address, method string, args ...any) (*big.Int, error) {
	data, err := tokenABI.Pack(method, args...)
	if err != nil {
		return nil, err
	}
	answer, err := c.node.CallContract(ctx, ethereum.CallMsg{To: &token, Data: data}, nil)
	if err != nil {
		return nil, err
	}
	if len(answer) != 32 {
		return nil, fmt.Errorf("there is no token at %s", token)
	}
	return new(big.Int).SetBytes(answer), nil
}

// unit is how many of the token's smallest units make 1e-6 of it.
func (v *Vault) unit(ctx context.Context) (*big.Int, error) {
	d, err := v.tokens(ctx, v.Params.Token, "decimals")
	if err != nil {
		return nil, err
	}
	if !d.IsUint64() || d.Uint64() < 6 || d.Uint64() > 60 {
		return nil, fmt.Errorf("the token has %v decimals", d)
	}
	return new(big.Int).Exp(big.NewInt(10), wei(d.Uint64()-6), nil), nil
}

// Holds is how much of the vault's token an account has, in 1e-6 token.
func (v *Vault) Holds(ctx context.Context, who common.Address) (uint64, error) {
	unit, err := v.unit(ctx)
	if err != nil {
		return 0, err
	}
	has, err := v.tokens(ctx, v.Params.Token, "balanceOf", who)
	if err != nil {
		return 0, err
	}
	if has.Div(has, unit); !has.IsUint64() {
		return ^uint64(0), nil
	}
	return has.Uint64(), nil
}

// ErrTooFewTokens says that an account does not have what it should pay.
var ErrTooFewTokens = errors.New("too few tokens")

// allow lets the vault take exactly this much of the key's tokens.
func (v *Vault) allow(ctx context.Context, k *Key, amount uint64) error {
	has, err := v.Holds(ctx, k.Address)
	if err != nil {
		return err
	}
	if has < amount {
		return fmt.Errorf("%w: %s has %s of the token, and %s are needed", ErrTooFewTokens, k.Address,
			paycard.AmountText(has), paycard.AmountText(amount))
	}
	unit, err := v.unit(ctx)
	if err != nil {
		return err
	}
	wanted := new(big.Int).Mul(wei(amount), unit)
	allowed, err := v.tokens(ctx, v.Params.Token, "allowance", k.Address, v.Address)
	if err != nil || allowed.Cmp(wanted) == 0 {
		return err
	}
	if allowed.Sign() != 0 { // some tokens change an allowance only from nothing
		if err := v.approve(ctx, k, new(big.Int)); err != nil {
			return err
		}
	}
	return v.approve(ctx, k, wanted)
}

func (v *Vault) approve(ctx context.Context, k *Key, amount *big.Int) error {
	data, err := tokenABI.Pack("approve", v.Address, amount)
	if err != nil {
		return err
	}
	_, err = v.send(ctx, k, v.Params.Token, data, nil)
	return err
}

// Mint makes test dollars out of nothing, in 1e-6 token. Real tokens have no such function.
func (c *Chain) Mint(ctx context.Context, k *Key, token, to common.Address, amount uint64) (*types.Receipt, error) {
	data, err := tokenABI.Pack("mint", to, wei(amount))
	if err != nil {
		return nil, err
	}
	return c.send(ctx, k, token, data, nil)
}
