package eth

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/signer"
)

// minGas is what the plainest transaction costs; with less, no node takes it (yellow paper, G_transaction).
const minGas = 21000

// highFee is the fee above which the user is warned, in wei: one ether.
const highFee = 1e18

// Summary says in words what the transaction does when the account from signs it.
func (t *Transaction) Summary(from common.Address) signer.Summary {
	s := signer.Summary{Title: "Ethereum transaction, " + typeName(t.tx.Type())}
	s.Add("Network", "%s", networkText(t.chainID))
	s.Add("From", "%v", from)
	t.describeTarget(&s, from)
	s.Add("Value", "%s", t.coins(t.tx.Value()))
	t.describeData(&s)
	s.Add("Nonce", "%d", t.tx.Nonce())
	t.describeFee(&s)
	if list := t.tx.AccessList(); len(list) > 0 {
		s.Add("Access list", "%d addresses, %d storage keys", len(list), list.StorageKeys())
	}
	return s
}

func typeName(txType uint8) string {
	switch txType {
	case types.AccessListTxType:
		return "with access list (EIP-2930)"
	case types.DynamicFeeTxType:
		return "dynamic fee (EIP-1559)"
	}
	return "legacy (EIP-155)"
}

// coins writes an amount of wei in the chain's coin, exactly.
func (t *Transaction) coins(wei *big.Int) string {
	return decimal(wei, etherDecimals) + " " + networkOf(t.chainID).coin
}

func (t *Transaction) describeTarget(s *signer.Summary, from common.Address) {
	to := t.tx.To()
	switch {
	case to == nil:
		s.Flag("To", "nobody: creates the contract %v", crypto.CreateAddress(from, t.tx.Nonce()))
		s.Warn("this creates a contract, with code that is not shown here")
	case *to == common.Address{}:
		s.Flag("To", "%v", to)
		s.Warn("the recipient is the zero address: whatever is sent there is gone")
	case *to == from:
		s.Add("To", "%v, the sender itself", to)
	default:
		s.Add("To", "%v", to)
	}
}

func (t *Transaction) describeData(s *signer.Summary) {
	data := t.tx.Data()
	switch {
	case len(data) == 0:
	case t.tx.To() == nil:
		s.Add("Code", "%d bytes", len(data))
	default:
		describeCall(s, data)
		if _, _, known := decodeCall(data); known && t.tx.Value().Sign() > 0 {
			s.Warn("coins are sent along with a token call, which tokens rarely give back")
		}
	}
}

func (t *Transaction) describeFee(s *signer.Summary) {
	if s.Add("Gas limit", "%d", t.tx.Gas()); t.tx.Gas() < minGas {
		s.Warn("a gas limit below %d: no node will take this", minGas)
	}
	if t.tx.Type() == types.DynamicFeeTxType {
		s.Add("Fee per gas", "at most %s gwei, of which at most %s gwei to the block's maker",
			decimal(t.tx.GasFeeCap(), gweiDecimals), decimal(t.tx.GasTipCap(), gweiDecimals))
	} else {
		s.Add("Fee per gas", "%s gwei", decimal(t.tx.GasPrice(), gweiDecimals))
	}
	fee := new(big.Int).Mul(t.tx.GasFeeCap(), new(big.Int).SetUint64(t.tx.Gas()))
	line := fmt.Sprintf("at most %s", t.coins(fee))
	if fee.Cmp(big.NewInt(highFee)) > 0 {
		s.Flag("Fee", "%s", line)
		s.Warn("the fee may be %s", t.coins(fee))
		return
	}
	s.Add("Fee", "%s", line)
}
