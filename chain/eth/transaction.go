package eth

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// MaxTransaction is the size of the largest transaction that nodes pass on, in bytes of its encoding.
const MaxTransaction = 128 << 10

// maxChainID is the largest chain id for which the V of an EIP-155 signature fits in 64 bits (EIP-2294).
const maxChainID = math.MaxUint64/2 - 36

// Transaction is an unsigned transaction that passed every check.
type Transaction struct {
	tx      *types.Transaction
	chainID *big.Int
	from    *common.Address // who should sign, when the source said so
}

// ParseTransaction reads JSON when the input begins with a brace, otherwise the hex of an unsigned RLP encoding; see
// ParseTransactionJSON and ParseTransactionRLP.
func ParseTransaction(input []byte) (*Transaction, error) {
	input = bytes.TrimSpace(input)
	if bytes.HasPrefix(input, []byte("{")) {
		return ParseTransactionJSON(input)
	}
	raw, err := parseHex(string(input))
	if err != nil {
		return nil, badTransaction("neither JSON nor hex: %w", err)
	}
	return ParseTransactionRLP(raw)
}

// NewTransaction checks an unsigned transaction for the chain with this id. from may be nil; when it is given, only
// this account can sign. Errors: ErrTransaction, ErrSetCode, ErrBlob.
func NewTransaction(tx *types.Transaction, chainID *big.Int, from *common.Address) (*Transaction, error) {
	if err := checkType(tx.Type()); err != nil {
		return nil, err
	}
	for _, check := range []func() error{
		func() error { return checkChain(tx, chainID) },
		func() error { return checkNumbers(tx) },
		func() error { return checkUnsignedTx(tx) },
	} {
		if err := check(); err != nil {
			return nil, badTransaction("%w", err)
		}
	}
	if tx.To() == nil && len(tx.Data()) == 0 {
		return nil, badTransaction("neither a recipient (to) nor code for a new contract (data)")
	}
	if tx.Size() > MaxTransaction {
		return nil, badTransaction("%d bytes, nodes take %d", tx.Size(), MaxTransaction)
	}
	return &Transaction{tx: tx, chainID: new(big.Int).Set(chainID), from: from}, nil
}

// checkType accepts legacy, EIP-2930 and EIP-1559.
func checkType(t uint8) error {
	switch t {
	case types.LegacyTxType, types.AccessListTxType, types.DynamicFeeTxType:
		return nil
	case types.BlobTxType:
		return ErrBlob
	case types.SetCodeTxType:
		return ErrSetCode
	}
	return badTransaction("type %d is not known here", t)
}

func checkChain(tx *types.Transaction, id *big.Int) error {
	switch {
	case id == nil || id.Sign() <= 0:
		return errors.New("no chain id: the transaction would be valid on every chain")
	case id.Cmp(new(big.Int).SetUint64(maxChainID)) > 0:
		return fmt.Errorf("chain id %v is above %d", id, uint64(maxChainID))
	case tx.Type() != types.LegacyTxType && tx.ChainId().Cmp(id) != 0:
		return fmt.Errorf("chain id %v inside, %v outside", tx.ChainId(), id)
	}
	return nil
}

func checkNumbers(tx *types.Transaction) error {
	for _, n := range []*big.Int{tx.Value(), tx.GasFeeCap(), tx.GasTipCap()} {
		if err := checkUnsigned(n, 256); err != nil {
			return err
		}
	}
	switch {
	case tx.GasTipCap().Cmp(tx.GasFeeCap()) > 0:
		return errors.New("maxPriorityFeePerGas is above maxFeePerGas")
	case tx.Gas() == 0:
		return errors.New("a gas limit of 0")
	case tx.Nonce() == math.MaxUint64:
		return errors.New("the nonce is above 2^64-2 (EIP-2681)")
	}
	return nil
}

func checkUnsignedTx(tx *types.Transaction) error {
	v, r, s := tx.RawSignatureValues()
	for _, n := range []*big.Int{v, r, s} {
		if n != nil && n.Sign() != 0 {
			return errSigned
		}
	}
	return nil
}

var errSigned = errors.New("it is signed already")

// ChainID is the number of the chain on which the transaction is valid.
func (t *Transaction) ChainID() *big.Int { return new(big.Int).Set(t.chainID) }

// From is the account that the source of the transaction named as its sender, or nil.
func (t *Transaction) From() *common.Address { return t.from }

// Digest is what is signed: the Keccak-256 of the encoding that the transaction's type prescribes.
func (t *Transaction) Digest() [32]byte { return t.rules().Hash(t.tx) }

func (t *Transaction) rules() types.Signer { return types.LatestSignerForChainID(t.chainID) }
