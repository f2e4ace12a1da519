package wire

import (
	"encoding/binary"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/iso7816"
)

// Limits of the wallet's commands.
const (
	MaxDepth  = 10 // components of a path
	MaxHashes = 14 // in one SIGN
)

const (
	hashSize         = 32
	walletSigSize    = SignatureSize + 1
	deriveAnswerSize = KeySize + ChainSize + SignatureSize
)

// DeriveCommand asks for the key at a path, and for a proof that the card has it. At most MaxDepth components.
func DeriveCommand(nonce [NonceSize]byte, path []uint32) iso7816.Command {
	return bare(InsDerive, 0, appendPath(nonce[:], path))
}

// ParseDerive is the card's side: ErrLength, ErrNonce.
func ParseDerive(b []byte) (nonce [NonceSize]byte, path []uint32, err error) {
	if len(b) < NonceSize || (len(b)-NonceSize)%4 != 0 || len(b) > NonceSize+4*MaxDepth {
		return nonce, nil, ErrLength
	}
	nonce, err = ParseNonce(b[:NonceSize])
	return nonce, parsePath(b[NonceSize:]), err
}

func appendPath(dst []byte, path []uint32) []byte {
	for _, c := range path {
		dst = binary.BigEndian.AppendUint32(dst, c)
	}
	return dst
}

func parsePath(b []byte) (path []uint32) {
	for ; len(b) > 0; b = b[4:] {
		path = append(path, binary.BigEndian.Uint32(b))
	}
	return path
}

// Derived is the answer to DERIVE.
type Derived struct {
	Key   Key
	Chain [ChainSize]byte
	Proof Signature // Sign_Wallet, by Key
}

func (d Derived) proven(card Key, nonce [NonceSize]byte, path []uint32) [][]byte {
	where := appendPath([]byte{byte(len(path))}, path)
	return [][]byte{nonce[:], card[:], where, d.Key[:], d.Chain[:]}
}

// Prove signs with the derived key itself.
func (d *Derived) Prove(key *KeyPair, card Key, nonce [NonceSize]byte, path []uint32) {
	d.Proof = key.Sign(nameWallet, d.proven(card, nonce, path)...)
}

// Verify checks the proof: ErrSignature.
func (d Derived) Verify(card Key, nonce [NonceSize]byte, path []uint32) error {
	return d.Proof.Verify(d.Key, nameWallet, d.proven(card, nonce, path)...)
}

// Encode is the 129-byte form.
func (d Derived) Encode() []byte {
	return append(append(append([]byte(nil), d.Key[:]...), d.Chain[:]...), d.Proof[:]...)
}

// ParseDerived reads the answer to DERIVE: ErrLength, ErrPoint.
func ParseDerived(b []byte) (Derived, error) {
	if len(b) != deriveAnswerSize {
		return Derived{}, ErrLength
	}
	r := reader{b}
	d := Derived{Key: r.key(), Chain: [ChainSize]byte(r.take(ChainSize)), Proof: r.signature()}
	return d, d.Key.Check()
}

// SignCommand asks for signatures over 1 to MaxHashes hashes with the key at a path.
func SignCommand(path []uint32, hashes [][32]byte) iso7816.Command {
	data := appendPath([]byte{byte(len(path))}, path)
	for _, h := range hashes {
		data = append(data, h[:]...)
	}
	return bare(InsSign, byte(len(hashes)), data)
}

// ParseSign is the card's side: ErrParameters, ErrLength.
func ParseSign(c iso7816.Command) (path []uint32, hashes [][32]byte, err error) {
	n := int(c.P1)
	if n < 1 || n > MaxHashes || c.P2 != 0 {
		return nil, nil, ErrParameters
	}
	if len(c.Data) == 0 || c.Data[0] > MaxDepth || len(c.Data) != 1+4*int(c.Data[0])+n*hashSize {
		return nil, nil, ErrLength
	}
	r := reader{c.Data[1:]}
	path = parsePath(r.take(4 * int(c.Data[0])))
	for range n {
		hashes = append(hashes, [32]byte(r.take(hashSize)))
	}
	return path, hashes, nil
}

// WalletSignature is a signature of a hash as it is, with the recovery id, 0 to 3; s is low.
type WalletSignature struct {
	R, S [32]byte
	V    byte
}

// SignHash signs a hash that the host chose. Wallet keys do that, K_card never does.
func (k *KeyPair) SignHash(hash [32]byte) WalletSignature {
	const compactBase = 31 // 27, and 4 for a compressed key
	c := ecdsa.SignCompact(k.private, hash[:], true)
	return WalletSignature{R: [32]byte(c[1:33]), S: [32]byte(c[33:]), V: c[0] - compactBase}
}

// Signed is the answer to SIGN: the key that signed, and a signature for each hash.
type Signed struct {
	Key        Key
	Signatures []WalletSignature
}

// Encode is 33 bytes and 65 for each signature.
func (s Signed) Encode() []byte {
	b := append([]byte(nil), s.Key[:]...)
	for _, sig := range s.Signatures {
		b = append(append(append(b, sig.R[:]...), sig.S[:]...), sig.V)
	}
	return b
}

// ParseSigned reads the answer to SIGN with n hashes: ErrLength, ErrPoint. It verifies nothing.
func ParseSigned(b []byte, n int) (Signed, error) {
	if n < 1 || len(b) != KeySize+n*walletSigSize {
		return Signed{}, ErrLength
	}
	r := reader{b}
	s := Signed{Key: r.key()}
	for range n {
		s.Signatures = append(s.Signatures, WalletSignature{[32]byte(r.take(32)), [32]byte(r.take(32)), r.take(1)[0]})
	}
	return s, s.Key.Check()
}
