package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/chain/eth"
)

// Kind is what an owner does with a purse (Owners.sol, the kinds by number). Up to Give they are done at once; the others are
// asked for, wait at least W blocks and the owner's delay, and are then carried out by anybody.
type Kind uint8

// The kinds, with what they take.
const (
	Tighten     Kind = iota // Value: settings
	Freeze                  //
	Revoke                  // for good
	DropPayee               // To
	StopMandate             // More: the mandate's id
	Cancel                  // More: the request's id
	Give                    // Value: time until which the purse is a gift
	Loosen                  // Value: settings
	Thaw                    //
	Exit                    // Value: amount; To
	Move                    // Value: amount; To: another purse of the owner
	AllowPayee              // Value: limits; To
	SetPhone                // Value: limits with it; To
	SetPasskey              // Value: x; More: y
	SetApprover             // To
	SetMaximum              // Value: balance
	SetDelay                // Value: hours
	SetRecovery             // To
	SetAttester             // To
	Recover                 // To: the new owner; the recovery key signs
)

// verbs are the names of the EIP-712 types, which wallets show (Owners.sol, verb).
var verbs = [...]string{"Tighten", "Freeze", "Revoke", "DropPayee", "StopMandate", "Cancel", "GiveAway", "Loosen", "Thaw", "Exit", "Move",
	"AllowPayee", "SetPhone", "SetPasskey", "SetApprover", "SetMaximum", "SetDelay", "SetRecovery", "SetAttester", "Recover"}

// String is the EIP-712 type of the action, which owners sign (Owners.sol, verb).
func (k Kind) String() string { return verbs[k] }

// Waits says whether it takes the owner's delay.
func (k Kind) Waits() bool { return k >= Loosen }

// Action is an owner's action on one purse (Owners.sol, Action).
type Action struct {
	Kind     uint8
	Card     common.Address
	Value    *big.Int
	To       common.Address
	More     [32]byte
	Deadline *big.Int // of the signature: time in seconds
}

// NewAction makes an action whose signature is good for an hour.
func NewAction(kind Kind, card common.Address, value *big.Int, to common.Address, more [32]byte, now time.Time) Action {
	if value == nil {
		value = new(big.Int)
	}
	return Action{uint8(kind), card, value, to, more, big.NewInt(now.Add(time.Hour).Unix())}
}

// Request is the name of what was asked for, which CANCEL takes: the hash of who owns the purse and what is asked for
// (Owners.sol, id).
func (a Action) Request(owner common.Address) common.Hash {
	return crypto.Keccak256Hash(common.LeftPadBytes(owner[:], 32), common.LeftPadBytes([]byte{a.Kind}, 32),
		common.LeftPadBytes(a.Card[:], 32), common.BigToHash(a.Value).Bytes(), common.LeftPadBytes(a.To[:], 32), a.More[:])
}

// member is a field of an EIP-712 type.
type member struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// TypedData is what the owner signs, as JSON for any wallet ("tapcard eth sign-typed"). nonce is the owner's next one.
func (v *Vault) TypedData(a Action, nonce *big.Int) ([]byte, error) {
	if int(a.Kind) >= len(verbs) {
		return nil, fmt.Errorf("no action has number %d", a.Kind)
	}
	members := []member{{"card", "address"}, {"value", "uint256"}, {"to", "address"}, {"more", "bytes32"}, {"nonce", "uint256"},
		{"deadline", "uint256"}}
	return v.typed(verbs[a.Kind], members, map[string]any{"card": a.Card, "value": a.Value.String(), "to": a.To,
		"more": common.Hash(a.More), "nonce": nonce.String(), "deadline": a.Deadline.String()})
}

// typed is a message of ours as EIP-712 JSON (Typed.sol).
func (v *Vault) typed(verb string, members []member, message map[string]any) ([]byte, error) {
	return json.MarshalIndent(map[string]any{
		"types": map[string][]member{
			"EIP712Domain": {{"name", "string"}, {"version", "string"}, {"chainId", "uint256"}, {"verifyingContract", "address"}},
			verb:           members,
		},
		"primaryType": verb,
		"domain":      map[string]any{"name": "tappay vault", "version": "1", "chainId": v.ID, "verifyingContract": v.Address},
		"message":     message,
	}, "", "  ")
}

// Nonce is an owner's next nonce.
func (v *Vault) Nonce(ctx context.Context, owner common.Address) (*big.Int, error) {
	out, err := v.view(ctx, "nonceOf", owner)
	if err != nil {
		return nil, err
	}
	return out[0].(*big.Int), nil
}

// ErrOtherOwner says that a signature is by somebody else than who has to sign.
var ErrOtherOwner = errors.New("that is not the signature of the purse's owner")

// SignAction signs an action with the owner's key.
func (v *Vault) SignAction(owner *Key, a Action, nonce *big.Int) (signature [65]byte, err error) {
	digest, err := v.digest(a, nonce)
	if err != nil {
		return signature, err
	}
	return owner.Sign(digest)
}

func (v *Vault) digest(a Action, nonce *big.Int) ([32]byte, error) {
	text, err := v.TypedData(a, nonce)
	if err != nil {
		return [32]byte{}, err
	}
	return typedDigest(text)
}

// typedDigest is what is signed of EIP-712 JSON.
func typedDigest(text []byte) ([32]byte, error) {
	d, err := eth.ParseTypedData(text)
	if err != nil {
		return [32]byte{}, err
	}
	return d.Digest(), nil
}

// Act carries an owner's signed action to the vault. relay pays the gas and need not be the owner. A signature of another
// key is found out here, before gas is spent; owners that are contracts send their actions themselves.
func (v *Vault) Act(ctx context.Context, relay *Key, owner common.Address, a Action, signature [65]byte) (*types.Receipt, error) {
	nonce, err := v.Nonce(ctx, owner)
	if err != nil {
		return nil, err
	}
	digest, err := v.digest(a, nonce)
	if err != nil {
		return nil, err
	}
	if signature[64] >= 27 {
		signature[64] -= 27
	}
	if pub, err := crypto.SigToPub(digest[:], signature[:]); err != nil || crypto.PubkeyToAddress(*pub) != owner {
		return nil, ErrOtherOwner
	}
	return v.transact(ctx, relay, "act", a, ownerSignature(signature))
}

// Execute carries out what an owner asked for, after its delay. Anybody may.
func (v *Vault) Execute(ctx context.Context, relay *Key, a Action) (*types.Receipt, error) {
	return v.transact(ctx, relay, "execute", a)
}
