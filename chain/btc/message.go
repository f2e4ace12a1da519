package btc

import (
	"context"
	"encoding/base64"
	"fmt"

	"tapcard.example/hd"
	"tapcard.example/signer"
)

// Format is a way to sign a message.
type Format int

// The formats. BIP-322 makes of a message a transaction that cannot exist, and so works for every script; it is what
// new programs verify. BIP-137 is what older ones do: a signature from which the key is recovered, for addresses of one
// key.
const (
	BIP322 Format = iota
	BIP137
)

// String is "BIP-322" or "BIP-137".
func (f Format) String() string {
	if f == BIP137 {
		return "BIP-137"
	}
	return "BIP-322"
}

// maxMessage is the longest message that is signed, in bytes. Nobody reads longer ones before saying yes.
const maxMessage = 16 << 10

// Message is what is to be signed, and with which address.
type Message struct {
	Text    string
	Format  Format
	Account Account
	Below   hd.Path    // from the account to the key: hd.Path{0, 5} for the sixth receiving address
	Type    ScriptType // of the address: P2PKH, P2SHP2WPKH or P2WPKH
	Network Network
}

// SignedMessage is what VerifyMessage takes.
type SignedMessage struct {
	Address   string `json:"address"`
	Message   string `json:"message"`
	Signature string `json:"signature"`
	Format    string `json:"format"`
}

// SignMessage has the card of s sign a message, after approval. A BIP-322 signature is simple for P2WPKH and full for
// the others, as the BIP has it. Before it is returned, VerifyMessage has accepted it.
func SignMessage(ctx context.Context, s *signer.Signer, m Message) (SignedMessage, error) {
	if len(m.Text) > maxMessage {
		return SignedMessage{}, fmt.Errorf("the message has %d bytes, at most %d are signed", len(m.Text), maxMessage)
	}
	key, err := m.Account.key(m.Below)
	if err != nil {
		return SignedMessage{}, err
	}
	script, err := KeyScript(m.Type, key.compressed())
	if err != nil {
		return SignedMessage{}, err
	}
	sign := signBIP322
	if m.Format == BIP137 {
		sign = signBIP137
	}
	signature, err := sign(ctx, s, m, key, script)
	if err != nil {
		return SignedMessage{}, err
	}
	address, _ := AddressOf(script.Output, m.Network)
	signed := SignedMessage{Address: address, Message: m.Text, Signature: signature, Format: m.Format.String()}
	if _, err = VerifyMessage(signed, m.Network); err != nil {
		return SignedMessage{}, err
	}
	return signed, nil
}

// key is the account's key some way below it; a single key has nothing below.
func (a Account) key(below hd.Path) (ownKey, error) {
	k := ownKey{path: append(append(hd.Path(nil), a.path...), below...), below: below, public: a.single, single: true}
	if a.xpub == nil {
		if len(below) > 0 {
			return k, fmt.Errorf("%w: there is nothing below a single key", ErrKey)
		}
		return k, nil
	}
	child, err := a.xpub.Derive(below)
	if err != nil {
		return k, fmt.Errorf("%w: %w", ErrKey, err)
	}
	k.public, k.single = child.PublicKey(), false
	return k, nil
}

// Verdict is what a valid signature says.
type Verdict struct {
	Format   string   `json:"format"`              // "BIP-322 simple", "… full", "… proof of funds", or "BIP-137"
	LockTime uint32   `json:"lock_time,omitempty"` // the signature holds from this height or time on
	Age      uint32   `json:"age,omitempty"`       // and for coins of this age (BIP-68)
	Coins    []string `json:"coins,omitempty"`     // proven besides, "txid:index"; that they exist is not proven
}

// VerifyMessage tells whether a signature of any known format is by the owner of the address. It fails with
// ErrSignature when it is not, ErrUnsure when that cannot be told, and ErrAddress.
func VerifyMessage(m SignedMessage, n Network) (Verdict, error) {
	output, err := ParseAddress(m.Address, n)
	if err != nil {
		return Verdict{}, err
	}
	if len(m.Signature) > 2*maxPSBT {
		return Verdict{}, fmt.Errorf("%w: %d characters", ErrSignature, len(m.Signature))
	}
	prefix, verify := "", verifySimple
	if len(m.Signature) > 3 {
		prefix = m.Signature[:3]
	}
	switch prefix {
	case "ful":
		verify = verifyFull
	case "pof":
		verify = verifyFunds
	case "smp":
	default:
		prefix = ""
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(m.Signature[len(prefix):])
	if err != nil {
		return Verdict{}, fmt.Errorf("%w: not in base64", ErrSignature)
	}
	if prefix == "" && len(raw) == recoverableLength {
		verify = verifyBIP137
	}
	v, err := verify(output, m.Message, raw)
	if err != nil {
		return Verdict{}, err
	}
	return v, nil
}
