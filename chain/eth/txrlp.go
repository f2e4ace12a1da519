package eth

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
)

// setCodeMagic begins what an EIP-7702 authorization signs.
const setCodeMagic = 0x05

// The unsigned encodings: what is hashed for signing, EIP-155, EIP-2930 and EIP-1559.
type (
	unsignedLegacy struct {
		Nonce    uint64
		GasPrice *big.Int
		Gas      uint64
		To       *common.Address `rlp:"nil"`
		Value    *big.Int
		Data     []byte
		ChainID  *big.Int
		R, S     *big.Int // zero; where a signed transaction has its signature
	}
	unsignedAccessList struct {
		ChainID    *big.Int
		Nonce      uint64
		GasPrice   *big.Int
		Gas        uint64
		To         *common.Address `rlp:"nil"`
		Value      *big.Int
		Data       []byte
		AccessList types.AccessList
	}
	unsignedDynamicFee struct {
		ChainID    *big.Int
		Nonce      uint64
		TipCap     *big.Int
		FeeCap     *big.Int
		Gas        uint64
		To         *common.Address `rlp:"nil"`
		Value      *big.Int
		Data       []byte
		AccessList types.AccessList
	}
)

// ParseTransactionRLP reads the unsigned encoding of a transaction: for a legacy one the nine fields of EIP-155 ending
// in (chain id, 0, 0), for a typed one its type byte and the list without a signature. Only the canonical encoding is
// accepted. Errors: ErrTransaction, ErrSetCode, ErrBlob.
func ParseTransactionRLP(raw []byte) (*Transaction, error) {
	switch {
	case len(raw) == 0:
		return nil, badTransaction("it is empty")
	case len(raw) > MaxTransaction:
		return nil, badTransaction("%d bytes, nodes take %d", len(raw), MaxTransaction)
	case raw[0] >= 0xc0: // an RLP list (EIP-2718)
		return parseLegacyRLP(raw)
	case raw[0] == types.AccessListTxType:
		return parseAccessListRLP(raw[1:])
	case raw[0] == types.DynamicFeeTxType:
		return parseDynamicFeeRLP(raw[1:])
	case raw[0] == setCodeMagic:
		return nil, ErrSetCode
	case raw[0] == 0:
		return nil, badTransaction("it begins with 00, which no transaction does")
	}
	return nil, checkType(raw[0])
}

func parseLegacyRLP(raw []byte) (*Transaction, error) {
	var u unsignedLegacy
	if err := decodeFields(raw, &u, map[int]string{
		6: "it has no chain id (EIP-155): it would be valid on every chain",
	}); err != nil {
		return nil, err
	}
	if u.R.Sign() != 0 || u.S.Sign() != 0 {
		return nil, badTransaction("%w", errSigned)
	}
	tx := types.NewTx(&types.LegacyTx{Nonce: u.Nonce, GasPrice: u.GasPrice, Gas: u.Gas, To: u.To, Value: u.Value,
		Data: u.Data})
	return NewTransaction(tx, u.ChainID, nil)
}

func parseAccessListRLP(raw []byte) (*Transaction, error) {
	var u unsignedAccessList
	if err := decodeFields(raw, &u, map[int]string{11: errSigned.Error()}); err != nil {
		return nil, err
	}
	tx := types.NewTx(&types.AccessListTx{ChainID: u.ChainID, Nonce: u.Nonce, GasPrice: u.GasPrice, Gas: u.Gas,
		To: u.To, Value: u.Value, Data: u.Data, AccessList: u.AccessList})
	return NewTransaction(tx, u.ChainID, nil)
}

func parseDynamicFeeRLP(raw []byte) (*Transaction, error) {
	var u unsignedDynamicFee
	if err := decodeFields(raw, &u, map[int]string{12: errSigned.Error()}); err != nil {
		return nil, err
	}
	tx := types.NewTx(&types.DynamicFeeTx{ChainID: u.ChainID, Nonce: u.Nonce, GasTipCap: u.TipCap, GasFeeCap: u.FeeCap,
		Gas: u.Gas, To: u.To, Value: u.Value, Data: u.Data, AccessList: u.AccessList})
	return NewTransaction(tx, u.ChainID, nil)
}

// decodeFields decodes a list into the fields of a struct. known explains lists of other lengths.
func decodeFields(raw []byte, into any, known map[int]string) error {
	content, rest, err := rlp.SplitList(raw)
	if err != nil {
		return badTransaction("%w", err)
	}
	if len(rest) > 0 {
		return badTransaction("%d bytes follow its end", len(rest))
	}
	if n, err := rlp.CountValues(content); err != nil {
		return badTransaction("%w", err)
	} else if why, ok := known[n]; ok {
		return badTransaction("%s", why)
	}
	if err := rlp.DecodeBytes(raw, into); err != nil {
		return badTransaction("%w", shortRLP(err))
	}
	return nil
}

// shortRLP drops the Go names from the decoder's words.
func shortRLP(err error) error {
	if len(err.Error()) > 200 {
		return fmt.Errorf("%.200s…", err.Error())
	}
	return err
}
