package vault

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Merchant is what the vault keeps for a merchant (Merchant.sol). Amounts in 1e-6 token; days are time / 86,400, mod 2^16.
type Merchant struct {
	Registered, Closing    bool
	Day                    uint16 // of its last payment or roll
	Room                   uint64 // what it may still take on that day
	Payers                 uint64 // bits of the day's sketch of 48
	Links                  uint16 // of the day's chain
	Accumulator            [16]byte
	Stake, Unmatured, Free uint64
	Leverage               uint8 // sixteenths
	Advanced               uint64
	MaturedUpTo            uint16
	Good, Bad, Mean        uint64
	RoomAtStart            uint64
	OpenCases, Lost, Days  uint16
}

// Merchant reads a merchant's words. What follows from days that passed since its last payment is not in them yet.
func (v *Vault) Merchant(ctx context.Context, m common.Address) (Merchant, error) {
	out, err := v.view(ctx, "merchantOf", m)
	if err != nil {
		return Merchant{}, err
	}
	return parseMerchant(out[0].(*big.Int), out[1].(*big.Int), out[2].(*big.Int)), nil
}

func parseMerchant(today, account, score *big.Int) Merchant {
	m := Merchant{
		Room: field(today, 208, 48), Payers: field(today, 160, 48), Day: uint16(field(today, 144, 16)), Links: uint16(field(today, 128, 16)),
		Stake: field(account, 208, 48), Unmatured: field(account, 152, 56), Free: field(account, 96, 56), Leverage: uint8(field(account, 88, 8)),
		Advanced: field(account, 24, 48), MaturedUpTo: uint16(field(account, 8, 16)),
		Registered: field(account, 0, 1) == 1, Closing: field(account, 1, 1) == 1,
		Good: field(score, 200, 56), Bad: field(score, 144, 56), Mean: field(score, 96, 48), RoomAtStart: field(score, 48, 48),
		OpenCases: uint16(field(score, 32, 16)), Lost: uint16(field(score, 16, 16)), Days: uint16(field(score, 0, 16)),
	}
	new(big.Int).And(today, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))).FillBytes(m.Accumulator[:])
	return m
}

// Register makes the key a merchant with a stake, which the vault takes from its tokens.
func (v *Vault) Register(ctx context.Context, k *Key, record [32]byte, payout common.Address, stake uint64) (*types.Receipt, error) {
	if err := v.allow(ctx, k, stake); err != nil {
		return nil, err
	}
	return v.transact(ctx, k, "register", record, payout, wei(stake))
}

// AddStake adds the key's tokens to a merchant's stake.
func (v *Vault) AddStake(ctx context.Context, k *Key, m common.Address, stake uint64) (*types.Receipt, error) {
	if err := v.allow(ctx, k, stake); err != nil {
		return nil, err
	}
	return v.transact(ctx, k, "stake", m, wei(stake))
}

// Claim pays a merchant what matured. Anybody may call.
func (v *Vault) Claim(ctx context.Context, k *Key, m common.Address) (*types.Receipt, error) {
	return v.transact(ctx, k, "claim", m)
}

// CloseMerchant makes the merchant of the key take no more payments.
func (v *Vault) CloseMerchant(ctx context.Context, k *Key) (*types.Receipt, error) {
	return v.transact(ctx, k, "close")
}

// WithdrawStake gives a closed merchant its stake back, when nothing is open any more.
func (v *Vault) WithdrawStake(ctx context.Context, k *Key) (*types.Receipt, error) {
	return v.transact(ctx, k, "withdrawStake")
}

// Describe changes the record and the payout address of the key's merchant. What others attested was the old record.
func (v *Vault) Describe(ctx context.Context, k *Key, record [32]byte, payout common.Address) (*types.Receipt, error) {
	return v.transact(ctx, k, "describe", record, payout)
}

// Advance pays the key's merchant before its money matured: at most its stake that is not advanced, and what is unmatured.
func (v *Vault) Advance(ctx context.Context, k *Key, amount uint64) (*types.Receipt, error) {
	return v.transact(ctx, k, "advance", wei(amount))
}

// Refund gives a payment back, in whole or in part, out of the unmatured money of the key's merchant.
func (v *Vault) Refund(ctx context.Context, k *Key, p Payment, proof Proof, amount uint64) (*types.Receipt, error) {
	return v.transact(ctx, k, "refund", p, proof, wei(amount))
}

// SignAttest is an attester's word that a merchant's record is the one with this hash (Typed.sol, attest): 65 bytes.
func (v *Vault) SignAttest(attester *Key, m common.Address, record [32]byte) ([]byte, error) {
	text, err := v.typed("AttestMerchant", []member{{"merchant", "address"}, {"record", "bytes32"}},
		map[string]any{"merchant": m, "record": common.Hash(record)})
	if err != nil {
		return nil, err
	}
	digest, err := typedDigest(text)
	if err != nil {
		return nil, err
	}
	s, err := attester.Sign(digest)
	return ownerSignature(s), err
}

// Attest carries an attester's word to the vault. Anybody may. WrongSigner also says that the merchant's record is another one.
func (v *Vault) Attest(ctx context.Context, k *Key, m, attester common.Address, signature []byte) (*types.Receipt, error) {
	return v.transact(ctx, k, "attest", m, attester, signature)
}

// Deposit puts tokens of the key into a purse.
func (v *Vault) Deposit(ctx context.Context, k *Key, card common.Address, amount uint64) (*types.Receipt, error) {
	if err := v.allow(ctx, k, amount); err != nil {
		return nil, err
	}
	return v.transact(ctx, k, "deposit", card, wei(amount))
}
