package wire

import "tapcard.example/iso7816"

// UnsealRequest opens the current slot of a SATSCARD and gives out its keys; it cannot be taken back (Tap protocol,
// unseal).
type UnsealRequest struct {
	Slot *int `cbor:"slot,omitzero"` // the current slot, required
	Auth
}

func (r *UnsealRequest) check() error { return need(append(r.fields(), slotField(r.Slot))...) }

// slotField is for commands that must say which slot.
func slotField(slot *int) field { return field{"slot", slot != nil && slotFits(*slot)} }

// Command is the request as an APDU.
func (r UnsealRequest) Command() (iso7816.Command, error) { return request(CmdUnseal, r) }

// ParseUnsealRequest is the card's side. ErrFormat is a 400.
func ParseUnsealRequest(body []byte) (UnsealRequest, error) { return decode[UnsealRequest](body) }

// UnsealAnswer answers unseal. The slot's private key is under the pad; the master private key is in the clear.
type UnsealAnswer struct {
	Slot          int        `cbor:"slot"`
	CardNonce     Nonce      `cbor:"card_nonce,omitzero"`
	PublicKey     PublicKey  `cbor:"pubkey"`
	Private       Bytes32    `cbor:"privkey"` // see Session.Private
	ChainCode     Bytes32    `cbor:"chain_code"`
	MasterPrivate PrivateKey `cbor:"master_pk"`
}

func (a *UnsealAnswer) check() error {
	return need(
		field{"slot", slotFits(a.Slot)},
		field{"pubkey", a.PublicKey.compressed()},
		field{"privkey", a.Private != Bytes32{}},
		field{"chain_code", a.ChainCode != Bytes32{}},
		field{"master_pk", a.MasterPrivate.Len() == KeySize},
	)
}

// Encode is the card's side.
func (a UnsealAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseUnsealAnswer reads the answer; nothing is verified yet.
func ParseUnsealAnswer(body []byte) (UnsealAnswer, error) { return decodeAnswer[UnsealAnswer](body) }
