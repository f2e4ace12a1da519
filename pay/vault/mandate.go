package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/paycard"
	"tapcard.example/paycard/wire"
)

// Mandate is a mandate with the signature of the card whose purse the payee pulls from (Mandates.sol).
type Mandate struct {
	wire.Mandate
	Card      common.Address
	Signature wire.Signature
}

// Errors about mandates.
var (
	// ErrMandate says that a mandate is not what its card signed.
	ErrMandate = errors.New("the mandate is not what the card signed")
	// ErrOtherPayee says that somebody else than the payee wants to pull.
	ErrOtherPayee = errors.New("only the payee of the mandate can pull under it")
)

// ID is the mandate's name in the vault: Keccak-256(digest 32 ‖ card 20). The owner stops it by that.
func (m Mandate) ID() [32]byte {
	digest := m.Digest()
	return [32]byte(crypto.Keccak256(digest[:], m.Card[:]))
}

// head is payee 20 | cap 8 | counter 4, as the contracts take it.
func (m Mandate) head() *big.Int { return new(big.Int).SetBytes(m.Encode()[56:88]) }

// CheckMandate says whether a mandate is for this vault, and signed by its card: ErrMandate.
func (v *Vault) CheckMandate(m Mandate) error {
	if m.Purse != v.Name() {
		return fmt.Errorf("the mandate is for vault %s on chain %d, and this is %s on chain %d", m.Purse.Vault, m.Purse.Chain,
			v.Address, v.ID)
	}
	if by, err := m.Signature.Recover(m.Digest()); err != nil || common.Address(by) != m.Card {
		return ErrMandate
	}
	return nil
}

// StartMandate shows a mandate to the vault, while its anchor lives; anybody may carry it. One that was started before is no
// error, and there is no receipt then.
func (v *Vault) StartMandate(ctx context.Context, k *Key, m Mandate) (*types.Receipt, error) {
	if err := v.CheckMandate(m); err != nil {
		return nil, err
	}
	r, vs := Compact(m.Signature.R, m.Signature.S, m.Signature.V)
	g := m.Grant
	receipt, err := v.transact(ctx, k, "startMandate", m.head(), wei(g.Anchor), g.Terms(), r, vs)
	var refused *Refused
	if errors.As(err, &refused) {
		if state, found := v.MandateState(ctx, m); found == nil && state.Started {
			return nil, nil
		}
	}
	return receipt, err
}

// Pull moves an amount, in 1e-6 token, from the card's purse to the payee, whose key it takes. ErrOtherPayee for another
// key; *Refused when the mandate, the purse or the payee's stake does not cover it.
func (v *Vault) Pull(ctx context.Context, payee *Key, m Mandate, amount uint64) (*types.Receipt, error) {
	if err := v.CheckMandate(m); err != nil {
		return nil, err
	}
	g := m.Grant
	if payee.Address != common.Address(g.Payee) {
		return nil, fmt.Errorf("%w: that is %s, and not %s", ErrOtherPayee, g.Payee, payee.Address)
	}
	receipt, err := v.transact(ctx, payee, "pull", m.Card, m.head(), wei(g.Anchor), g.Block, g.Terms(), amount)
	var refused *Refused
	if errors.As(err, &refused) {
		if state, found := v.MandateState(ctx, m); found == nil {
			err = state.explain(refused)
		}
	}
	return receipt, err
}

// unpulled is a refused pull, told with what is known of the mandate.
type unpulled struct {
	*Refused
	why string
}

// Error says why nothing was pulled.
func (u unpulled) Error() string { return "the vault refused: " + u.why }

// Unwrap returns the refusal.
func (u unpulled) Unwrap() error { return u.Refused }

// explain says more than the contracts do: NoMandate has three reasons, and OverMandate passes.
func (s MandateState) explain(r *Refused) error {
	switch {
	case r.Name == "OverMandate":
		return unpulled{r, fmt.Sprintf("only %s of the token are left of the mandate in this period; the next one begins at %s UTC",
			paycard.AmountText(s.Left), time.Unix(int64(s.Next), 0).UTC().Format(time.DateTime))}
	case r.Name != "NoMandate":
		return r
	case s.Stopped:
		return unpulled{r, "the owner stopped the mandate"}
	case s.Over:
		return unpulled{r, "the mandate is over: it has expired"}
	}
	return unpulled{r, "the mandate was not started: nobody has shown it to the vault"}
}

// MandateState is how a mandate stands at the newest block.
type MandateState struct {
	Started, Stopped bool   // shown to the vault in time; stopped by the owner
	Over             bool   // its expiry has passed
	Pulled, Left     uint64 // in this period and of its cap: 1e-6 token
	Next             uint64 // when the next period begins: seconds
}

// slotMandates is the place of the mandates in the vault's storage (State.sol), which no function shows.
const slotMandates = 9

// MandateState reads how a mandate stands (Mandates.sol: card 160 | stopped 1 | period 31 | pulled in it 64).
func (v *Vault) MandateState(ctx context.Context, m Mandate) (MandateState, error) {
	newest, err := v.node.HeaderByNumber(ctx, nil)
	if err != nil {
		return MandateState{}, err
	}
	id := m.ID()
	slot := crypto.Keccak256Hash(id[:], common.LeftPadBytes([]byte{slotMandates}, 32))
	word, err := v.node.StorageAt(ctx, v.Address, slot, newest.Number)
	if err != nil {
		return MandateState{}, err
	}
	if len(word) != 32 || m.Grant.Period == 0 {
		return MandateState{}, ErrMandate
	}
	return mandateState([32]byte(word), m.Grant, newest.Time), nil
}

// mandateState reads the word as of a time.
func mandateState(word [32]byte, g wire.Grant, now uint64) MandateState {
	period := now / uint64(g.Period)
	last, pulled := binary.BigEndian.Uint32(word[20:]), binary.BigEndian.Uint64(word[24:])
	s := MandateState{Started: word != [32]byte{}, Stopped: last>>31 == 1, Over: now > uint64(g.Expiry),
		Next: (period + 1) * uint64(g.Period)}
	if uint64(last)&0x7FFFFFFF == period&0x7FFFFFFF {
		s.Pulled = pulled
	}
	if s.Started && !s.Stopped && !s.Over {
		s.Left = g.Cap - min(s.Pulled, g.Cap)
	}
	return s
}
