package eth

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/card"
	"tapcard.example/signer"
)

// Signed is a transaction that a node accepts.
type Signed struct {
	Raw  hexutil.Bytes  `json:"raw"`  // for eth_sendRawTransaction
	Hash common.Hash    `json:"hash"` // the transaction's name on the chain
	From common.Address `json:"from"` // recovered from the signature
}

// Attach puts a signature into the transaction. The sender that a node will recover from it must be from; otherwise the
// error is card.ErrBadSignature and nothing is returned.
func (t *Transaction) Attach(sig signer.Signature, from common.Address) (*Signed, error) {
	if sig.V > 1 { // 2 and 3 stand for an r above the group order: once in 2^127 signatures, and Ethereum cannot say it
		return nil, badSignature(fmt.Errorf("recovery id %d cannot be used on Ethereum", sig.V))
	}
	compact := append(append(append(make([]byte, 0, 65), sig.R[:]...), sig.S[:]...), sig.V)
	tx, err := t.tx.WithSignature(t.rules(), compact)
	if err != nil {
		return nil, badSignature(err)
	}
	sender, err := types.Sender(t.rules(), tx)
	if err != nil {
		return nil, badSignature(err)
	}
	if sender != from {
		return nil, badSignature(fmt.Errorf("the sender would be %v, expected is %v", sender, from))
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return &Signed{Raw: raw, Hash: tx.Hash(), From: sender}, nil
}

func badSignature(detail error) error {
	return &card.Error{Op: "SIGN", Kind: card.ErrBadSignature, Err: detail}
}
