package wire

import "tapcard.example/iso7816"

// ChangeRequest gives a TAPSIGNER or SATSCHIP another CVC (Tap protocol, change).
type ChangeRequest struct {
	NewCVC []byte `cbor:"data,omitzero"` // 6 to 32 bytes under Session.Pad; digits from firmware 1.0.1 on
	Auth
}

func (r *ChangeRequest) check() error {
	return need(append(r.fields(), field{"data", cvcLength(len(r.NewCVC))})...)
}

// Command is the request as an APDU.
func (r ChangeRequest) Command() (iso7816.Command, error) { return request(CmdChange, r) }

// ParseChangeRequest is the card's side. ErrFormat is a 400.
func ParseChangeRequest(body []byte) (ChangeRequest, error) { return decode[ChangeRequest](body) }

// ChangeAnswer answers change.
type ChangeAnswer struct {
	Success   bool  `cbor:"success"`
	CardNonce Nonce `cbor:"card_nonce,omitzero"`
}

func (a *ChangeAnswer) check() error { return need(field{"success", a.Success}) }

// Encode is the card's side.
func (a ChangeAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseChangeAnswer reads the answer.
func ParseChangeAnswer(body []byte) (ChangeAnswer, error) { return decodeAnswer[ChangeAnswer](body) }
