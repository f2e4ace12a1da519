package eth

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

// DefaultPath is where wallets keep the first Ethereum account (BIP-44, coin 60): m/44'/60'/0'/0/0.
const DefaultPath = "m/44'/60'/0'/0/0"

// SignTransaction has a card sign a transaction with the key at path. When the transaction says who it is from, another
// account is card.ErrCardMismatch, before anything is shown. Other errors are those of signer.Signer.
func SignTransaction(ctx context.Context, s *signer.Signer, path hd.Path, t *Transaction) (*Signed, error) {
	from, err := Account(ctx, s, path)
	if err != nil {
		return nil, err
	}
	if t.from != nil && *t.from != from {
		return nil, &card.Error{Op: "SIGN", Kind: card.ErrCardMismatch,
			Err: fmt.Errorf("the transaction is from %v, the account at %v is %v", t.from, path, from)}
	}
	sig, err := sign(ctx, s, path, t.Digest(), t.Summary(from))
	if err != nil {
		return nil, err
	}
	return t.Attach(sig, from)
}

// SignedText is a signature over a message or typed data.
type SignedText struct {
	Signature hexutil.Bytes  `json:"signature"` // 65 bytes: r, s, and v of 27 or 28
	Digest    common.Hash    `json:"digest"`    // what was signed
	From      common.Address `json:"from"`
}

// SignMessage has a card sign a message (EIP-191) with the key at path. Errors are those of signer.Signer.
func SignMessage(ctx context.Context, s *signer.Signer, path hd.Path, m *Message) (*SignedText, error) {
	from, err := Account(ctx, s, path)
	if err != nil {
		return nil, err
	}
	return signText(ctx, s, path, m.Digest(), from, m.Summary(from))
}

// SignTypedData has a card sign typed data (EIP-712) with the key at path. Errors are those of signer.Signer.
func SignTypedData(ctx context.Context, s *signer.Signer, path hd.Path, d *TypedData) (*SignedText, error) {
	from, err := Account(ctx, s, path)
	if err != nil {
		return nil, err
	}
	return signText(ctx, s, path, d.Digest(), from, d.Summary(from))
}

// Account is the account whose key is at path, confirmed by the user when it is new; see signer.Signer.Key.
func Account(ctx context.Context, s *signer.Signer, path hd.Path) (common.Address, error) {
	pub, err := s.Key(ctx, path, addressText)
	if err != nil {
		return common.Address{}, err
	}
	return Address(pub), nil
}

func sign(ctx context.Context, s *signer.Signer, path hd.Path, digest [32]byte, what signer.Summary) (signer.Signature,
	error) {
	return s.Sign(ctx, signer.Request{Path: path, Digest: digest, Summary: what, Address: addressText})
}

func signText(ctx context.Context, s *signer.Signer, path hd.Path, digest [32]byte, from common.Address,
	what signer.Summary) (*SignedText, error) {
	sig, err := sign(ctx, s, path, digest, what)
	if err != nil {
		return nil, err
	}
	if sig.V > 1 { // see Attach
		return nil, badSignature(fmt.Errorf("recovery id %d cannot be used on Ethereum", sig.V))
	}
	raw := append(append(append(make([]byte, 0, 65), sig.R[:]...), sig.S[:]...), 27+sig.V)
	return &SignedText{Signature: raw, Digest: digest, From: from}, nil
}
