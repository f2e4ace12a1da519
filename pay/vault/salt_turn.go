package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/secret"
)

// Turn is what a transaction did for a salt.
type Turn struct {
	Round  uint64      // the round that it counted for
	Block  uint64      // its block
	Tx     common.Hash // its hash
	Salt   [32]byte    // the round's salt, if this made it; else 0
	Waking bool        // it went on without the operators
}

// ErrOnItsWay says that a transaction of the account is in no block yet, and that another one had better wait for it.
var ErrOnItsWay = fmt.Errorf("the account has sent one before: %w", ErrNotMined)

// Reveal reveals an operator's secret for the present round, and commits to the next one: next is the Keccak-256 of that.
//
// A secret is out as soon as a node sees it. So everything is looked at before, and a secret that the contract would not take
// goes nowhere: ErrNotCommitted, ErrNotNow and ErrOnItsWay say why. Two that send the same secret at once do no harm: one of
// them counts.
func (s *Salt) Reveal(ctx context.Context, k *Key, private secret.Bytes, next [32]byte) (Turn, error) {
	committed, err := s.Commitment(ctx, k.Address)
	if err != nil {
		return Turn{}, err
	}
	if committed != commitment(private) {
		return Turn{}, ErrNotCommitted
	}
	if err := s.mayReveal(ctx, k.Address); err != nil {
		return Turn{}, err
	}
	var data []byte
	private.Reveal(func(b []byte) { data, err = saltABI.Pack("reveal", [32]byte(b), next) })
	if err != nil {
		return Turn{}, err
	}
	return s.send(ctx, k, data)
}

func (s *Salt) mayReveal(ctx context.Context, operator common.Address) error {
	st, err := s.State(ctx)
	if err != nil {
		return err
	}
	if err := st.open(); err != nil {
		return err
	}
	was, err := s.Revealed(ctx, st.Round, operator)
	if err == nil && was {
		err = fmt.Errorf("%w: this operator has revealed in round %d; the next begins with block %d", ErrNotNow, st.Round, st.Next)
	}
	if err != nil {
		return err
	}
	return s.nothingOnItsWay(ctx, operator)
}

func (s *Salt) nothingOnItsWay(ctx context.Context, account common.Address) error {
	mined, err := s.chain.node.NonceAt(ctx, account, nil)
	if err != nil {
		return err
	}
	sent, err := s.chain.node.PendingNonceAt(ctx, account)
	if err == nil && sent > mined {
		err = ErrOnItsWay
	}
	return err
}

// Wake gives the present round a salt when its operators have slept through the patience. Anybody may. ErrNotNow says that
// it has a salt, or that it is too early.
func (s *Salt) Wake(ctx context.Context, k *Key) (Turn, error) {
	st, err := s.State(ctx)
	if err != nil {
		return Turn{}, err
	}
	if err := st.open(); err != nil {
		return Turn{}, err
	}
	if st.Block < st.WakeAt {
		return Turn{}, fmt.Errorf("%w: it is the operators' until block %d, and this is block %d", ErrNotNow, st.WakeAt, st.Block)
	}
	if err := s.nothingOnItsWay(ctx, k.Address); err != nil {
		return Turn{}, err
	}
	data, err := saltABI.Pack("wake")
	if err != nil {
		return Turn{}, err
	}
	return s.send(ctx, k, data)
}

// send sends a transaction to the contract and says what it did.
func (s *Salt) send(ctx context.Context, k *Key, data []byte) (Turn, error) {
	r, err := s.chain.send(ctx, k, s.Address, data, nil)
	if err != nil {
		return Turn{}, saltRefusal(err)
	}
	t := Turn{Round: r.BlockNumber.Uint64() / s.Round, Block: r.BlockNumber.Uint64(), Tx: r.TxHash}
	for _, l := range r.Logs {
		if l.Address == s.Address {
			if t.Salt, err = rotated(*l); err != nil {
				return Turn{}, err
			}
			t.Waking = l.Data[63] == 0
		}
	}
	return t, nil
}

// saltRefusal turns what a node says about a reverted call into the contract's errors: somebody else was faster.
func saltRefusal(err error) error {
	raw := reverted(err)
	if len(raw) < 4 {
		return err
	}
	for name, says := range map[string]error{"NotNow": ErrNotNow, "NotCommitted": ErrNotCommitted} {
		if id := saltABI.Errors[name].ID; [4]byte(raw) == [4]byte(id[:4]) {
			return fmt.Errorf("%w: something came before this transaction: %w", says, err)
		}
	}
	return err
}

// commitment is what an operator publishes of a secret before it reveals it.
func commitment(private secret.Bytes) (c [32]byte) {
	private.Reveal(func(b []byte) { c = crypto.Keccak256Hash(b) })
	return c
}

// SaltTerms are what a salt contract is deployed with.
type SaltTerms struct {
	Round     uint64 // blocks in a round, a multiple of 8
	Quorum    uint64 // operators that have to reveal
	Patience  uint64 // blocks of a round after which anybody may wake it: at least 1, at most Round-2
	Operators []SaltOperator
}

// SaltOperator is an operator with its first commitment (Operator.First).
type SaltOperator struct {
	Address    common.Address
	Commitment [32]byte
}

// maxOperators bounds how many operators this program deploys and recognises.
const maxOperators = 64

// PlanSalt finds out where a salt contract with these terms will be.
func PlanSalt(t SaltTerms) (Step, error) {
	switch n := uint64(len(t.Operators)); {
	case t.Round == 0 || t.Round%anchorStep != 0:
		return Step{}, fmt.Errorf("a round has %d blocks, and needs a multiple of %d", t.Round, anchorStep)
	case t.Patience == 0 || t.Patience > t.Round-2: // a transaction needs a block, and that has to be in the round still
		return Step{}, fmt.Errorf("the patience is %d blocks, and needs to be 1 to %d", t.Patience, t.Round-2)
	case t.Quorum == 0 || t.Quorum > n || n > maxOperators:
		return Step{}, fmt.Errorf("%d of %d operators are no quorum; at most %d can be", t.Quorum, n, maxOperators)
	}
	var who []common.Address
	var first [][32]byte
	seen := map[common.Address]bool{}
	for _, o := range t.Operators {
		if seen[o.Address] || o.Commitment == ([32]byte{}) {
			return Step{}, errors.New("operator " + o.Address.Hex() + " is named twice, or commits to nothing")
		}
		seen[o.Address] = true
		who, first = append(who, o.Address), append(first, o.Commitment)
	}
	return step("Salt", nil, wei(t.Round), wei(t.Quorum), wei(t.Patience), who, first)
}
