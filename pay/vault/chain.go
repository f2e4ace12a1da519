package vault

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"tapcard.example/pay/contracts"
)

// Chain is a node of an Ethereum chain.
type Chain struct {
	node *ethclient.Client
	ID   uint64
}

// Dial connects to a node: an HTTP or WebSocket URL.
func Dial(ctx context.Context, url string) (*Chain, error) {
	node, err := ethclient.DialContext(ctx, url)
	if err != nil {
		return nil, err
	}
	id, err := node.ChainID(ctx)
	if err == nil && !id.IsUint64() {
		err = fmt.Errorf("the chain's ID %v has more than 64 bits, and a payment has room for 64", id)
	}
	if err != nil {
		node.Close()
		return nil, fmt.Errorf("the node: %w", err)
	}
	return &Chain{node, id.Uint64()}, nil
}

// Close closes the connection.
func (c *Chain) Close() error {
	c.node.Close()
	return nil
}

// Node is the connection itself, to follow events.
func (c *Chain) Node() *ethclient.Client { return c.node }

func wei(n uint64) *big.Int { return new(big.Int).SetUint64(n) }

func (c *Chain) has(ctx context.Context, at common.Address) (bool, error) {
	code, err := c.node.CodeAt(ctx, at, nil)
	return len(code) > 0, err
}

// Give sends some of the chain's own money, in wei, for gas.
func (c *Chain) Give(ctx context.Context, k *Key, to common.Address, amount *big.Int) error {
	_, err := c.send(ctx, k, to, nil, amount)
	return err
}

// Now is the time of the newest block.
func (c *Chain) Now(ctx context.Context) (time.Time, error) {
	h, err := c.node.HeaderByNumber(ctx, nil)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(int64(h.Time), 0).UTC(), nil
}

// patience is how long a transaction may take to get into a block.
const patience = 3 * time.Minute

// ErrNotMined says that nobody knows yet whether a transaction will be executed: look before doing it again.
var ErrNotMined = errors.New("the transaction is not in a block yet, and may still get there")

// send sends a transaction that has to succeed, and waits for its receipt. Before it is sent the node tries it out, so what
// the contracts refuse costs nothing and comes back as *Refused.
func (c *Chain) send(ctx context.Context, k *Key, to common.Address, data []byte, value *big.Int) (*types.Receipt, error) {
	contract := bind.NewBoundContract(to, contractABI, c.node, c.node, c.node)
	opts := k.sender(wei(c.ID))
	opts.Context, opts.Value = ctx, value
	var err error
	if len(data) == 0 { // bind estimates only what it sends to a contract
		opts.GasLimit, err = c.node.EstimateGas(ctx, ethereum.CallMsg{From: k.Address, To: &to, Value: value})
	}
	var tx *types.Transaction
	if err == nil {
		tx, err = contract.RawTransact(opts, data)
	}
	if err != nil {
		return nil, c.unsent(ctx, k, err)
	}
	r, err := c.wait(ctx, tx.Hash())
	if err != nil || r.Status == types.ReceiptStatusSuccessful {
		return r, err
	}
	_, err = c.node.CallContract(ctx, ethereum.CallMsg{From: k.Address, To: &to, Data: data, Value: value}, r.BlockNumber)
	if err == nil {
		err = errors.New("the transaction failed in its block, and does not fail now: something came before it")
	}
	return r, fmt.Errorf("transaction %s: %w", tx.Hash(), refusal(err))
}

// ErrNoGas says that an account cannot pay for its transactions.
var ErrNoGas = errors.New("the account has too little of the chain's own money to pay for gas")

// unsent says why a transaction was not sent. Nodes have many words for an account without money, so its balance is looked at:
// less than a transfer costs is too little for anything.
func (c *Chain) unsent(ctx context.Context, k *Key, err error) error {
	has, bad := c.node.BalanceAt(ctx, k.Address, nil)
	price, worse := c.node.SuggestGasPrice(ctx)
	if bad == nil && worse == nil && has.Cmp(new(big.Int).Mul(price, wei(params.TxGas))) < 0 {
		return fmt.Errorf("%w: %s has %v wei", ErrNoGas, k.Address, has)
	}
	return refusal(err)
}

// wait waits for a receipt. Nodes answer with all kinds of errors while they do not know one yet, and connections break; only
// the end of the patience counts.
func (c *Chain) wait(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	limited, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) { // local chains are quick, and others are not asked often
		r, err := c.node.TransactionReceipt(limited, hash)
		if err == nil {
			return r, nil
		}
		select {
		case <-limited.Done():
			return nil, fmt.Errorf("%w: %s: %w", ErrNotMined, hash, err)
		case <-time.After(pause):
		}
	}
}

// Vault is one vault on a chain.
type Vault struct {
	*Chain
	Address common.Address
	Params  Params
	Salt    *Salt // where its anchors come from; nil: from the blocks themselves
}

// contractABI is the vault's interface, its errors and events included. The artifact is part of the program, and a test
// loads it.
var contractABI = func() contracts.Artifact {
	a, err := contracts.Load("Vault")
	if err != nil {
		panic(err)
	}
	return a
}().ABI

// ErrNoVault says that an address is not a vault of this version.
var ErrNoVault = errors.New("there is no vault of this version at that address")

// Vault opens a vault and reads its parameters. Its code has to be ours, with those parameters: whoever names another
// contract with the same functions is told so. The salt that it takes anchors from has to be ours, too: ErrNotSalt.
func (c *Chain) Vault(ctx context.Context, at common.Address) (*Vault, error) {
	v := &Vault{Chain: c, Address: at}
	out, err := v.view(ctx, "params")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoVault, err)
	}
	v.Params = *abi.ConvertType(out[0], new(Params)).(*Params)
	steps, err := Plan(v.Params)
	if err != nil {
		return nil, err
	}
	if expected := steps[len(steps)-1].Address; expected != at {
		return nil, fmt.Errorf("%w: with these parameters it would be at %s", ErrNoVault, expected)
	}
	if v.Params.Salt != (common.Address{}) {
		v.Salt, err = c.OpenSalt(ctx, v.Params.Salt)
	}
	return v, err
}

// view calls a function that changes nothing.
func (v *Vault) view(ctx context.Context, method string, args ...any) ([]any, error) {
	return v.viewAt(ctx, nil, common.Address{}, method, args...)
}

// viewAt does so as it was after a block, nil for the newest, and as if somebody called.
func (v *Vault) viewAt(ctx context.Context, block *big.Int, from common.Address, method string, args ...any) ([]any, error) {
	data, err := contractABI.Pack(method, args...)
	if err != nil {
		return nil, err
	}
	answer, err := v.node.CallContract(ctx, ethereum.CallMsg{From: from, To: &v.Address, Data: data}, block)
	if err != nil {
		return nil, refusal(err)
	}
	return contractABI.Unpack(method, answer)
}

// transact calls a function in a transaction.
func (v *Vault) transact(ctx context.Context, k *Key, method string, args ...any) (*types.Receipt, error) {
	data, err := contractABI.Pack(method, args...)
	if err != nil {
		return nil, err
	}
	return v.send(ctx, k, v.Address, data, nil)
}
