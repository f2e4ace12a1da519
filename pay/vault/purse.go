package vault

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/paycard/wire"
)

// The flags of a purse's word (Purse.sol).
const (
	flagActive   = 1
	flagFrozen   = 2
	flagRevoked  = 4
	flagAttested = 16
)

// Purse is what the vault keeps for a card (Purse.sol and State.sol, Config). Amounts in 1e-6 token.
type Purse struct {
	Settings
	Owner                    common.Address
	Balance, Available       uint64 // Available is less what was asked to leave, and 0 when frozen or revoked
	SpentDay, SpentMonth     uint64 // in the day and month of the last payment
	Counter                  uint32 // the highest settled one
	Day                      uint16 // of the last payment: time / 86,400, mod 2^16
	Active, Frozen, Revoked  bool
	Phone, Approver, Recover common.Address
	GiftUntil                uint64 // time until which whoever shows the card's proof takes the purse over; 0 = no gift
	Born                     uint64 // day of its opening: time / 86,400
	DelayHours               uint16 // the owner's own delay, if longer than the vault's
	Seasoned                 bool   // its disputes count
}

// field takes n bits of a word that end at bit low.
func field(w *big.Int, low, n uint) uint64 {
	f := new(big.Int).Rsh(w, low)
	return f.And(f, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), n), big.NewInt(1))).Uint64()
}

func parsePurse(w *big.Int) Purse {
	flags := field(w, 0, 6)
	return Purse{
		Settings: Settings{parseLimits(field(w, 12, 36)), field(w, 6, 6) * CooldownStep, flags&flagAttested != 0},
		Balance:  field(w, 208, 48), SpentDay: field(w, 168, 40), SpentMonth: field(w, 128, 40),
		Counter: uint32(field(w, 96, 32)), Day: uint16(field(w, 64, 16)),
		Active: flags&flagActive != 0, Frozen: flags&flagFrozen != 0, Revoked: flags&flagRevoked != 0,
	}
}

// config is the part of State.sol's Config that is shown.
type config struct {
	Owner       common.Address
	BornDay     uint16
	Upper       *big.Int
	DelayHours  uint16
	Seasoned    bool
	Phone       common.Address
	Maximum     *big.Int
	TightenedAt *big.Int
	Approver    common.Address
	AfterRevoke *big.Int
	GiftUntil   *big.Int
	PasskeyX    [32]byte
	PasskeyY    [32]byte
	Recovery    common.Address
	Leaving     *big.Int
	TightenedIn *big.Int
	Attester    common.Address
	Before      *big.Int
	Generation  uint32
}

// Purse reads a card's purse. One that was never opened is not Active.
func (v *Vault) Purse(ctx context.Context, card common.Address) (Purse, error) {
	word, err := v.view(ctx, "purseOf", card)
	if err != nil {
		return Purse{}, err
	}
	rest, err := v.view(ctx, "configOf", card)
	if err != nil {
		return Purse{}, err
	}
	available, err := v.view(ctx, "available", card)
	if err != nil {
		return Purse{}, err
	}
	p := parsePurse(word[0].(*big.Int))
	c := abi.ConvertType(rest[0], new(config)).(*config)
	p.Owner, p.Phone, p.Approver, p.Recover = c.Owner, c.Phone, c.Approver, c.Recovery
	p.GiftUntil, p.Born, p.DelayHours, p.Seasoned = c.GiftUntil.Uint64(), uint64(c.BornDay), c.DelayHours, c.Seasoned
	p.Available = available[0].(*big.Int).Uint64()
	return p, nil
}

// Purse names this vault as a card does: chain, vault, token.
func (v *Vault) Name() wire.Purse {
	return wire.Purse{Chain: v.ID, Vault: wire.Address(v.Address), Token: wire.Address(v.Params.Token)}
}

// Open opens a purse for a card that signed for this owner (BIND of paycard). The owner's key sends it.
func (v *Vault) Open(ctx context.Context, owner *Key, card common.Address, s Settings, proof wire.Signature) (*types.Receipt, error) {
	settings, err := s.Word()
	if err != nil {
		return nil, err
	}
	r, vs, err := v.possession(card, owner.Address, proof)
	if err != nil {
		return nil, err
	}
	return v.transact(ctx, owner, "bind", card, owner.Address, settings, new(big.Int), r, vs, []byte{})
}

// ErrOtherProof says that a card's proof of possession is for another owner, vault or card.
var ErrOtherProof = errors.New("the card's proof is for another owner or vault")

// possession checks a card's proof for an owner, and gives it as the contracts take it.
func (v *Vault) possession(card, owner common.Address, proof wire.Signature) (r, vs [32]byte, err error) {
	digest := wire.BindDigest(v.Name(), wire.Address(card), wire.Address(owner))
	if signer, err := proof.Recover(digest); err != nil || common.Address(signer) != card {
		return r, vs, fmt.Errorf("%w: %s has to be the owner in it", ErrOtherProof, owner)
	}
	r, vs = Compact(proof.R, proof.S, proof.V)
	return r, vs, nil
}

// ClaimGift makes who the card signed for (BIND of paycard) the owner of a purse that is a gift. Anybody may carry it.
func (v *Vault) ClaimGift(ctx context.Context, k *Key, card, owner common.Address, proof wire.Signature) (*types.Receipt, error) {
	r, vs, err := v.possession(card, owner, proof)
	if err != nil {
		return nil, err
	}
	return v.transact(ctx, k, "claimGift", card, owner, r, vs)
}
