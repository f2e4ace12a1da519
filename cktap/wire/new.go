package wire

import "tapcard.example/iso7816"

// NewRequest has the card pick a key: for the current slot of a SATSCARD, or the one and only of a TAPSIGNER (Tap
// protocol, new).
type NewRequest struct {
	Slot      *int   `cbor:"slot,omitzero"`       // the current slot; nil is 0
	ChainCode []byte `cbor:"chain_code,omitzero"` // 32 random bytes; nil on a SATSCARD: those of the slot before
	Auth
}

func (r *NewRequest) check() error {
	return need(append(r.fields(),
		field{"slot", r.Slot == nil || slotFits(*r.Slot)},
		field{"chain_code", r.ChainCode == nil || len(r.ChainCode) == KeySize},
	)...)
}

// slotFits says whether a number can be that of a slot; what exceeds the card's slots is the card's to refuse.
func slotFits(slot int) bool { return slot >= 0 && slot <= maxSlots }

// Command is the request as an APDU.
func (r NewRequest) Command() (iso7816.Command, error) { return request(CmdNew, r) }

// ParseNewRequest is the card's side. ErrFormat is a 400.
func ParseNewRequest(body []byte) (NewRequest, error) { return decode[NewRequest](body) }

// NewAnswer answers new.
type NewAnswer struct {
	Slot      int   `cbor:"slot"`
	CardNonce Nonce `cbor:"card_nonce,omitzero"`
}

func (a *NewAnswer) check() error { return need(field{"slot", slotFits(a.Slot)}) }

// Encode is the card's side.
func (a NewAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseNewAnswer reads the answer.
func ParseNewAnswer(body []byte) (NewAnswer, error) { return decodeAnswer[NewAnswer](body) }
