package wire

import "tapcard.example/iso7816"

// CheckRequest asks the card to sign with its own key, the one that its certificates vouch for (Tap protocol, certs).
type CheckRequest struct {
	Nonce []byte `cbor:"nonce,omitzero"` // 16 random bytes; see WeakNonce
}

func (r *CheckRequest) check() error { return needNonce(r.Nonce) }

// Command is the request as an APDU.
func (r CheckRequest) Command() (iso7816.Command, error) { return request(CmdCheck, r) }

// ParseCheckRequest is the card's side. ErrFormat is a 400.
func ParseCheckRequest(body []byte) (CheckRequest, error) { return decode[CheckRequest](body) }

// CheckAnswer answers check. The signature is over CheckDigest.
type CheckAnswer struct {
	Signature Signature `cbor:"auth_sig"`
	CardNonce Nonce     `cbor:"card_nonce,omitzero"`
}

func (a *CheckAnswer) check() error { return need(field{"auth_sig", a.Signature != Signature{}}) }

// Encode is the card's side.
func (a CheckAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseCheckAnswer reads the answer; nothing is verified yet.
func ParseCheckAnswer(body []byte) (CheckAnswer, error) { return decodeAnswer[CheckAnswer](body) }
