package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/secret"
)

// Operator is one of those who make a salt. Its secrets are derived from its key and are never stored: a look at the chain says
// which one is next, so a process that was killed goes on, and two processes with one key send the same.
type Operator struct {
	key   *Key
	chain uint64
	name  string
	found uint64 // the index of the last secret that was looked for
}

// ErrNotOperator says that a key is no operator of a salt, or that its secrets there have another name.
var ErrNotOperator = errors.New("the key is no operator of this salt, or its secrets have another name")

// NewOperator is the operator with a key on a chain. The name tells one salt contract of this key from another on the same
// chain: with the name of an earlier contract, whose secrets are out, everybody would know the secrets of the new one. It
// cannot be the contract's address, which follows from the commitments.
func NewOperator(k *Key, chain uint64, name string) *Operator {
	return &Operator{key: k, chain: chain, name: name}
}

// First is the commitment that a salt contract is deployed with.
func (o *Operator) First() [32]byte {
	private := o.secret(0)
	defer private.Destroy()
	return commitment(private)
}

// secret is HMAC-SHA256(key, "tappay salt" | chain 8 | name | index 8).
func (o *Operator) secret(index uint64) (s secret.Bytes) {
	o.key.private.Reveal(func(key []byte) {
		h := hmac.New(sha256.New, key)
		h.Write(binary.BigEndian.AppendUint64([]byte("tappay salt"), o.chain))
		h.Write(binary.BigEndian.AppendUint64([]byte(o.name), index))
		s = secret.New(h.Sum(nil))
	})
	return s
}

// index finds the secret that the operator has committed to. There were no more reveals than rounds.
func (o *Operator) index(ctx context.Context, committed [32]byte, rounds uint64) (uint64, error) {
	for _, part := range [][2]uint64{{o.found, rounds + 1}, {0, o.found}} { // a node may be behind the last look
		for i := part[0]; i <= part[1]; i++ {
			if i%4096 == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			private := o.secret(i)
			same := commitment(private) == committed
			private.Destroy()
			if same {
				o.found = i
				return i, nil
			}
		}
	}
	return 0, ErrNotOperator
}

// Reveal reveals the operator's next secret. ErrNotOperator and the errors of [Salt.Reveal] say why not; then nothing was sent.
func (o *Operator) Reveal(ctx context.Context, s *Salt) (Turn, error) {
	committed, err := s.Commitment(ctx, o.key.Address)
	if err != nil {
		return Turn{}, err
	}
	if committed == ([32]byte{}) {
		return Turn{}, ErrNotOperator
	}
	height, err := s.chain.node.BlockNumber(ctx)
	if err != nil {
		return Turn{}, err
	}
	i, err := o.index(ctx, committed, height/s.Round)
	if err != nil {
		return Turn{}, err
	}
	now, next := o.secret(i), o.secret(i+1)
	defer now.Destroy()
	defer next.Destroy()
	return s.Reveal(ctx, o.key, now, commitment(next))
}

// stagger is how many blocks at most an operator lets pass in a round before it reveals.
const stagger = 16

// wait is how many blocks the operator lets pass in a round. It differs between operators and rounds, and is at most half the
// patience. Who reveals after the quorum is made pays for nothing and has shown a secret that it still has to use, so it is
// better that they do not all come at once.
func (o *Operator) wait(s *Salt, round uint64) uint64 {
	h := crypto.Keccak256(o.key.Address[:], binary.BigEndian.AppendUint64(nil, round))
	return binary.BigEndian.Uint64(h) % (min(stagger, s.Patience/2) + 1)
}

// Look looks at the present round once, and does what is due: it reveals, or wakes the round when others sleep. nil: nothing
// is due. It is meant to be called again and again.
func (o *Operator) Look(ctx context.Context, s *Salt) (*Turn, error) {
	st, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	wait := o.wait(s, st.Round)
	if st.Salt != ([32]byte{}) || st.Block < st.Round*s.Round+wait || st.Block+1 == st.Next {
		return nil, nil // in a round's last block it is too late: the transaction would be in the next round
	}
	revealed, err := s.Revealed(ctx, st.Round, o.key.Address)
	if err != nil {
		return nil, err
	}
	var t Turn
	switch {
	case !revealed:
		t, err = o.Reveal(ctx, s)
	case st.Block >= min(st.WakeAt+wait, st.Next-2):
		t, err = s.Wake(ctx, o.key)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// Address is the operator's account.
func (o *Operator) Address() common.Address { return o.key.Address }
