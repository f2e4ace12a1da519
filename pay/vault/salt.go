package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"tapcard.example/pay/contracts"
)

// Salt is a contract that gives every round of blocks a salt, which anchors take in place of a block's hash (Salt.sol).
type Salt struct {
	chain    *Chain
	Address  common.Address
	Round    uint64 // blocks in a round, a multiple of 8
	Quorum   uint64 // operators that have to reveal
	Patience uint64 // blocks of a round after which anybody may wake it
}

// What the contract says no to, and what an anchor needs.
var (
	ErrNotSalt      = errors.New("there is no salt contract of this version at that address")
	ErrNoSalt       = errors.New("the salt's operators sleep, and somebody has to wake it")
	ErrNotNow       = errors.New("not now")
	ErrNotCommitted = errors.New("that secret is not the one that the operator committed to")
)

var saltABI = func() contracts.Artifact {
	a, err := contracts.Load("Salt")
	if err != nil {
		panic(err)
	}
	return a
}().ABI

// OpenSalt opens a salt contract. Its code has to be ours; ErrNotSalt says that it is not.
func (c *Chain) OpenSalt(ctx context.Context, at common.Address) (*Salt, error) {
	s := &Salt{chain: c, Address: at}
	for method, to := range map[string]*uint64{"ROUND": &s.Round, "QUORUM": &s.Quorum, "PATIENCE": &s.Patience} {
		w, err := s.view(ctx, method)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).SetBytes(w[:])
		if !n.IsUint64() {
			return nil, fmt.Errorf("%w: %s is %v", ErrNotSalt, method, n)
		}
		*to = n.Uint64()
	}
	has, err := c.node.CodeAt(ctx, at, nil)
	if err != nil {
		return nil, err
	}
	wants, err := s.code(ctx)
	if err == nil && !bytes.Equal(has, wants) {
		err = fmt.Errorf("%w: it has other code", ErrNotSalt)
	}
	return s, err
}

// code is the code that a contract with these terms has. The node runs the constructor with stand-ins for the operators, who
// are no part of the code; nothing is sent.
func (s *Salt) code(ctx context.Context) ([]byte, error) {
	terms := SaltTerms{Round: s.Round, Quorum: s.Quorum, Patience: s.Patience}
	for i := range min(s.Quorum, maxOperators) {
		terms.Operators = append(terms.Operators, SaltOperator{common.BigToAddress(wei(i + 1)), [32]byte{1}})
	}
	p, err := PlanSalt(terms)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSalt, err)
	}
	return s.chain.node.CallContract(ctx, ethereum.CallMsg{Data: p.code}, nil)
}

// view calls a function with a result of one word.
func (s *Salt) view(ctx context.Context, method string, args ...any) (w [32]byte, err error) {
	data, err := saltABI.Pack(method, args...)
	if err != nil {
		return w, err
	}
	out, err := s.chain.node.CallContract(ctx, ethereum.CallMsg{To: &s.Address, Data: data}, nil)
	var answer rpc.Error
	if errors.As(err, &answer) {
		return w, fmt.Errorf("%w: %s: %w", ErrNotSalt, method, err)
	}
	if err == nil && len(out) != len(w) {
		err = fmt.Errorf("%w: %s gives nothing", ErrNotSalt, method)
	}
	copy(w[:], out)
	return w, err
}

// Of is the salt of a round as the contract remembers it: 0 for a round that has none, or has been forgotten.
func (s *Salt) Of(ctx context.Context, round uint64) ([32]byte, error) {
	return s.view(ctx, "saltOf", wei(round))
}

// Commitment is the hash of the secret that an operator reveals next; 0 for who is none.
func (s *Salt) Commitment(ctx context.Context, operator common.Address) ([32]byte, error) {
	return s.view(ctx, "commitment", operator)
}

// Revealed says whether an operator has revealed in a round.
func (s *Salt) Revealed(ctx context.Context, round uint64, operator common.Address) (bool, error) {
	w, err := s.view(ctx, "revealed", wei(round), operator)
	return w != [32]byte{}, err
}

// SaltState is what the present round has.
type SaltState struct {
	Block    uint64   // the newest block
	Round    uint64   // its round
	Salt     [32]byte // 0: none yet
	Revealed uint64   // operators that revealed in the round
	WakeAt   uint64   // the block from which on anybody may wake the round
	Next     uint64   // the first block of the next round
}

// State reads the present round.
func (s *Salt) State(ctx context.Context) (st SaltState, err error) {
	if st.Block, err = s.chain.node.BlockNumber(ctx); err != nil {
		return st, err
	}
	st.Round = st.Block / s.Round
	st.WakeAt, st.Next = st.Round*s.Round+s.Patience, (st.Round+1)*s.Round
	if st.Salt, err = s.Of(ctx, st.Round); err != nil {
		return st, err
	}
	w, err := s.view(ctx, "count", wei(st.Round))
	st.Revealed = new(big.Int).SetBytes(w[:]).Uint64()
	return st, err
}

// open says that a round still wants a salt.
func (st SaltState) open() error {
	if st.Salt != ([32]byte{}) {
		return fmt.Errorf("%w: round %d has its salt, and the next one begins with block %d", ErrNotNow, st.Round, st.Next)
	}
	return nil
}

// past is the salt of a round from its event, for the contract remembers 1,024 rounds; 0 where there never was one.
func (s *Salt) past(ctx context.Context, round uint64) (salt [32]byte, err error) {
	height, err := s.chain.node.BlockNumber(ctx)
	if err != nil || height < round*s.Round {
		return salt, err
	}
	logs, err := s.chain.node.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: wei(round * s.Round), ToBlock: wei(min(height, (round+1)*s.Round-1)), Addresses: []common.Address{s.Address},
		Topics: [][]common.Hash{{saltABI.Events["Rotated"].ID}, {common.BigToHash(wei(round))}}})
	if err != nil || len(logs) == 0 {
		return salt, err
	}
	return rotated(logs[0])
}

// rotated is the salt of the event of a round's salt.
func rotated(l types.Log) ([32]byte, error) {
	if len(l.Topics) != 2 || l.Topics[0] != saltABI.Events["Rotated"].ID || len(l.Data) != 64 {
		return [32]byte{}, ErrLog
	}
	return [32]byte(l.Data[:32]), nil
}

// anchor is the newest anchor up to block n whose round has a salt.
func (s *Salt) anchor(ctx context.Context, n, oldest uint64) (Anchor, error) {
	for round := n / s.Round; ; round-- {
		a := Anchor{Block: min(n, (round+1)*s.Round-anchorStep)}
		if a.Block < oldest {
			return Anchor{}, fmt.Errorf("no round since block %d has a salt: %w", oldest, ErrNoSalt)
		}
		var err error
		if a.Hash, err = s.Of(ctx, round); err != nil || a.Hash != ([32]byte{}) {
			return a, err
		}
		if round == 0 {
			return Anchor{}, fmt.Errorf("no round has a salt: %w", ErrNoSalt)
		}
	}
}
