package vault

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// What a merchant's side signed, as the contracts take it when it proves cheating.
type (
	// Terminal is a terminal's key, with its merchant's certificate (Evidence.sol, Terminal).
	Terminal struct {
		Key         common.Address
		Certificate []byte // r 32 | s 32 | 27 or 28, or what the merchant's contract takes
	}
	// SignedOffer is an offer with the terminal's signature (Evidence.sol, Offer).
	SignedOffer struct {
		Id     [16]byte // spelled as in the ABI
		Amount uint64   // 1e-6 token
		Rest   [32]byte // hash of fiat amount, rate, items, time and expiry
		R      [32]byte
		Vs     [32]byte // compact (EIP-2098)
	}
)

// ProveTwoOffers convicts a merchant of two offers with one id, the first of which the payment settled. No vote: a tenth of
// what is slashed goes to the key. Without a key it is only asked whether the contract would take it; there is no receipt then.
func (v *Vault) ProveTwoOffers(
	ctx context.Context, k *Key, p Payment, proof Proof, t Terminal, x, y SignedOffer,
) (*types.Receipt, error) {
	return v.prove(ctx, k, "proveTwoOffers", p, proof, t, x, y)
}

// ProveWrongReceipt convicts a merchant of a receipt for the payment that says another amount, in 1e-6 token. r and vs are
// the terminal's signature over the receipt. Without a key it is only asked.
func (v *Vault) ProveWrongReceipt(
	ctx context.Context, k *Key, p Payment, proof Proof, t Terminal, amount uint64, r, vs [32]byte,
) (*types.Receipt, error) {
	return v.prove(ctx, k, "proveWrongReceipt", p, proof, t, amount, r, vs)
}

func (v *Vault) prove(ctx context.Context, k *Key, method string, args ...any) (*types.Receipt, error) {
	if k == nil {
		_, err := v.view(ctx, method, args...)
		return nil, err
	}
	return v.transact(ctx, k, method, args...)
}
