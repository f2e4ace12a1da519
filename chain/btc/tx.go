package btc

import (
	"bytes"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/wire/v2"
)

// DecodeTransaction reads a whole transaction, with or without witnesses. It fails with ErrTransaction for anything
// else and for bytes that follow it.
func DecodeTransaction(raw []byte) (*wire.MsgTx, error) {
	segwit := len(raw) > 6 && raw[4] == 0 && raw[5] == 1
	return decodeTx(raw, segwit, (*wire.MsgTx).Deserialize)
}

// decodeUnsigned reads the transaction of a PSBT, which never has witnesses: two zeros after the version mean that it
// has no inputs and no outputs.
func decodeUnsigned(raw []byte) (*wire.MsgTx, error) {
	return decodeTx(raw, false, (*wire.MsgTx).DeserializeNoWitness)
}

func decodeTx(raw []byte, segwit bool, decode func(*wire.MsgTx, io.Reader) error) (*wire.MsgTx, error) {
	if checkCounts(raw, segwit) != nil {
		return nil, fmt.Errorf("%w: cut off, or with counts that its %d bytes cannot hold", ErrTransaction, len(raw))
	}
	tx, r := wire.NewMsgTx(2), bytes.NewReader(raw)
	if err := decode(tx, r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTransaction, err)
	}
	if r.Len() != 0 {
		return nil, fmt.Errorf("%w: %d bytes follow it", ErrTransaction, r.Len())
	}
	return tx, nil
}

// checkCounts goes over the bytes of a transaction before anything is allocated for it: a decoder trusts a count of
// inputs enough to make room for all of them.
func checkCounts(raw []byte, segwit bool) error {
	r := &reader{raw}
	head := 4
	if segwit {
		head = 6
	}
	if err := r.skip(head); err != nil {
		return err
	}
	inputs, _, _ := compact(r.rest)
	if err := r.skipItems(36, 4); err != nil {
		return err
	}
	if err := r.skipItems(8, 0); err != nil {
		return err
	}
	for range inputs {
		if !segwit {
			break
		}
		if err := r.skipItems(0, 0); err != nil {
			return err
		}
	}
	return nil
}

// EncodeTransaction gives the bytes that nodes take, witnesses included.
func EncodeTransaction(tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	_ = tx.Serialize(&b) // a buffer never fails
	return b.Bytes()
}

func encodeUnsigned(tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	_ = tx.SerializeNoWitness(&b)
	return b.Bytes()
}

// virtualSize is the size that fees are paid for: a quarter of the weight, rounded up (BIP-141).
func virtualSize(tx *wire.MsgTx) int64 {
	weight := 3*tx.SerializeSizeStripped() + tx.SerializeSize()
	return int64(weight+3) / 4
}
