package vault

import (
	"errors"
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// Key is an account that sends transactions or signs for an owner, a merchant or an approver: a secp256k1 key in memory.
type Key struct {
	private secret.Bytes // 32
	Address common.Address
	Public  []byte // compressed, 33
}

// ErrKey says that bytes are no private key.
var ErrKey = errors.New("no private key of secp256k1")

// NewKey takes over a private key of 32 bytes, big endian.
func NewKey(private secret.Bytes) (*Key, error) {
	k := &Key{private: private}
	err := k.use(func(p *secp256k1.PrivateKey) {
		k.Address, k.Public = common.Address(wire.AddressOf(p.PubKey())), p.PubKey().SerializeCompressed()
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Destroy zeroes the key.
func (k *Key) Destroy() { k.private.Destroy() }

// use lends the key out.
func (k *Key) use(f func(*secp256k1.PrivateKey)) error {
	err := ErrKey
	k.private.Reveal(func(b []byte) {
		var d secp256k1.ModNScalar
		if len(b) != secp256k1.PrivKeyBytesLen || d.SetByteSlice(b) || d.IsZero() {
			return
		}
		p := secp256k1.NewPrivateKey(&d)
		defer p.Zero()
		f(p)
		err = nil
	})
	return err
}

// Sign signs a digest: r 32, s 32 with low s, recovery id 0 or 1.
func (k *Key) Sign(digest [32]byte) (signature [65]byte, err error) {
	err = k.use(func(p *secp256k1.PrivateKey) { wire.Sign(p, digest).Append(signature[:0]) })
	return signature, err
}

// sender makes the account of the key a transaction's sender.
func (k *Key) sender(chain *big.Int) *bind.TransactOpts {
	signer := types.LatestSignerForChainID(chain)
	return &bind.TransactOpts{From: k.Address, Signer: func(_ common.Address, tx *types.Transaction) (*types.Transaction, error) {
		signature, err := k.Sign(signer.Hash(tx))
		if err != nil {
			return nil, err
		}
		return tx.WithSignature(signer, signature[:])
	}}
}

// Compact is a signature as the contracts take it (EIP-2098): r, and s with the recovery id in its top bit.
func Compact(r, s [32]byte, v byte) (cr, vs [32]byte) {
	if v == 1 {
		s[0] |= 0x80
	}
	return r, s
}

// ownerSignature is a signature as OpenZeppelin's SignatureChecker takes it: r, s, 27 or 28.
func ownerSignature(s [65]byte) []byte {
	s[64] += 27
	return s[:]
}
