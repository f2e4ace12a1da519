package vault

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// Settled payments, as the contracts take them when somebody disputes them.
type (
	// Payment is a payment that has settled (Chain.sol, Payment).
	Payment struct {
		Head   *big.Int // merchant 20 | amount 8 | counter 4
		Anchor *big.Int
		Hash   [32]byte // of the anchor's block
		Offer  [32]byte
		Card   common.Address
		Day    *big.Int // of its settlement: time / 86,400
	}
	// Proof says where it is in its merchant's day (Chain.sol, Proof).
	Proof struct {
		Before *big.Int   // the accumulator before its link, 128 bits
		Batch  [][32]byte // all leaves of its batch; empty for a payment of its own
		Index  *big.Int   // in the batch
		Links  [][32]byte // after it, up to the day's end or a known prefix
	}
)

// CaseState is how far a case is (Court.sol).
type CaseState uint8

// The states of a case.
const (
	NoCase CaseState = iota
	CaseOpen
	CaseDecided
	CaseAppealed
	CaseRuled
	CaseSettled
)

// Case is a dispute about one payment (State.sol, Case). Times are in seconds, amounts in 1e-6 token.
type Case struct {
	Challenger  common.Address
	Held        *big.Int // of the payment; 0 when settled
	Refunded    *big.Int
	Card        common.Address
	Opened      *big.Int
	Decided     *big.Int
	State       uint8 // a CaseState
	ByOwner     bool  // the challenger owns the card
	Merchant    common.Address
	GoodAtOpen  *big.Int
	BuyerWins   uint8 // 1: the buyer
	Counted     bool  // its card is among the seasoned ones that dispute
	LostAtOpen  uint16
	Stake       uint64
	Appealed    *big.Int
	DisputeId   *big.Int // spelled as in the ABI
	CardsAtOpen uint16
	Appellant   common.Address
	Day         uint16 // of the payment
}

// ForBuyer says whether a case that is not open any more is the buyer's. One that was settled without a decision was: its
// merchant gave in. Where a merchant gives in after winning, only the event Settled tells.
func (c Case) ForBuyer() bool {
	return c.BuyerWins == 1 || CaseState(c.State) == CaseSettled && c.Decided.Sign() == 0
}

// CaseOf reads a case by the leaf of its payment, as it was after a block; nil is the newest one.
func (v *Vault) CaseOf(ctx context.Context, leaf [32]byte, block *big.Int) (Case, error) {
	out, err := v.viewAt(ctx, block, common.Address{}, "caseOf", leaf)
	if err != nil {
		return Case{}, err
	}
	return *abi.ConvertType(out[0], new(Case)).(*Case), nil
}

// MerchantAt is Merchant as it was after a block. A node forgets old states unless it is an archive.
func (v *Vault) MerchantAt(ctx context.Context, m common.Address, block *big.Int) (Merchant, error) {
	out, err := v.viewAt(ctx, block, common.Address{}, "merchantOf", m)
	if err != nil {
		return Merchant{}, err
	}
	return parseMerchant(out[0].(*big.Int), out[1].(*big.Int), out[2].(*big.Int)), nil
}

// ClosedDay is a merchant's day that is over, as its ring keeps it (Merchant.sol, ring).
type ClosedDay struct {
	Amount      uint64 // what is not held, refunded or given back of it
	Day         uint16 // mod 2^16; the ring's place may belong to another day
	Links       uint16
	Accumulator [16]byte
}

// RingAt reads the place of a day in a merchant's ring, as it was after a block; nil is the newest one.
func (v *Vault) RingAt(ctx context.Context, m common.Address, day uint64, block *big.Int) (ClosedDay, error) {
	out, err := v.viewAt(ctx, block, common.Address{}, "ringOf", m, wei(day))
	if err != nil {
		return ClosedDay{}, err
	}
	w := out[0].(*big.Int)
	d := ClosedDay{Amount: field(w, 208, 48), Day: uint16(field(w, 144, 16)), Links: uint16(field(w, 128, 16))}
	new(big.Int).And(w, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))).FillBytes(d.Accumulator[:])
	return d, nil
}

// Seasoned says whether a card's disputes count, and who owns its purse.
func (v *Vault) Seasoned(ctx context.Context, card common.Address, block *big.Int) (bool, common.Address, error) {
	out, err := v.viewAt(ctx, block, common.Address{}, "configOf", card)
	if err != nil {
		return false, common.Address{}, err
	}
	c := abi.ConvertType(out[0], new(config)).(*config)
	return c.Seasoned, c.Owner, nil
}

// slotDisputers is the place of a mapping in the contract's storage, which no function shows (Court.sol): by merchant, day of
// the last lost vote 16 | seasoned cards that won 112 | held by open cases 64 | seasoned cards with open cases 64.
const slotDisputers = 19

// slot is where a mapping keeps a key's value (Solidity, layout of state variables in storage).
func slot(mapping common.Hash, key common.Address) common.Hash {
	return crypto.Keccak256Hash(common.LeftPadBytes(key[:], 32), mapping[:])
}

// Disputers is how many seasoned cards have cases open against a merchant, how many won, mod 2^16, and the day of the last
// vote that it lost, 0 for none, as it was after a block; nil is the newest one.
func (v *Vault) Disputers(ctx context.Context, m common.Address, block *big.Int) (open uint64, won, convicted uint16, err error) {
	w, err := v.node.StorageAt(ctx, v.Address, slot(common.BigToHash(big.NewInt(slotDisputers)), m), block)
	n := new(big.Int).SetBytes(w)
	return field(n, 0, 64), uint16(field(n, 128, 16)), uint16(field(n, 240, 16)), err
}

// OpenCase disputes a payment of a closed day, with the vault's stake for a case from the key's tokens. The merchant's day is
// closed by it if nobody did so before.
func (v *Vault) OpenCase(ctx context.Context, k *Key, p Payment, proof Proof) (*types.Receipt, error) {
	if err := v.allow(ctx, k, v.Params.CaseStake); err != nil {
		return nil, err
	}
	return v.transact(ctx, k, "openCase", p, proof)
}

// Decide decides a case after its days. Anybody may call.
func (v *Vault) Decide(ctx context.Context, k *Key, leaf [32]byte) (*types.Receipt, error) {
	return v.transact(ctx, k, "decide", leaf)
}

// SettleCase pays out a case that nobody can change any more. Anybody may call.
func (v *Vault) SettleCase(ctx context.Context, k *Key, leaf [32]byte) (*types.Receipt, error) {
	return v.transact(ctx, k, "settleCase", leaf)
}

// Concede is the merchant giving in: the buyer gets its money now, and the challenger its stake. The merchant's key sends it.
func (v *Vault) Concede(ctx context.Context, k *Key, leaf [32]byte) (*types.Receipt, error) {
	return v.transact(ctx, k, "concede", leaf)
}

// Owed is what Collect would pay, in 1e-6 token.
func (v *Vault) Owed(ctx context.Context, who common.Address) (uint64, error) {
	out, err := v.view(ctx, "owedTo", who)
	if err != nil {
		return 0, err
	}
	return out[0].(*big.Int).Uint64(), nil
}

// Collect pays the key the stakes and rewards that cases and proofs gave it.
func (v *Vault) Collect(ctx context.Context, k *Key) (*types.Receipt, error) {
	return v.transact(ctx, k, "collect")
}

// Season makes a card's disputes count: it is thirty days old, and paid these three merchants. Anybody may call.
func (v *Vault) Season(ctx context.Context, k *Key, payments []Payment, proofs []Proof) (*types.Receipt, error) {
	return v.transact(ctx, k, "season", payments, proofs)
}

// Extend notes an accumulator from which links lead to the end of a merchant's day, or to another one that was noted. A long
// day is proven in pieces so.
func (v *Vault) Extend(
	ctx context.Context, k *Key, m common.Address, day uint64, from *big.Int, links [][32]byte,
) (*types.Receipt, error) {
	return v.transact(ctx, k, "extend", m, wei(day), from, links)
}

// Leads asks, without a transaction, whether links lead from an accumulator to the end of a merchant's day: nil when they do.
func (v *Vault) Leads(ctx context.Context, m common.Address, day uint64, from *big.Int, links [][32]byte) error {
	_, err := v.view(ctx, "extend", m, wei(day), from, links)
	return err
}

// CloseDay closes a merchant's day that is over, so that its payments can be proven. Anybody may call.
func (v *Vault) CloseDay(ctx context.Context, k *Key, m common.Address) (*types.Receipt, error) {
	return v.transact(ctx, k, "roll", m)
}
