package wire

import "tapcard.example/iso7816"

// DumpRequest asks about any slot of a SATSCARD, and with the CVC for the keys of an unsealed one (Tap protocol, dump).
type DumpRequest struct {
	Slot *int `cbor:"slot,omitzero"` // required
	Auth
}

func (r *DumpRequest) check() error { return need(append(r.fields(), slotField(r.Slot))...) }

// Command is the request as an APDU.
func (r DumpRequest) Command() (iso7816.Command, error) { return request(CmdDump, r) }

// ParseDumpRequest is the card's side. ErrFormat is a 400.
func ParseDumpRequest(body []byte) (DumpRequest, error) { return decode[DumpRequest](body) }

// DumpAnswer answers dump. Which fields are there depends on the slot and on whether the CVC was given; see State.
type DumpAnswer struct {
	Slot      int       `cbor:"slot"`
	CardNonce Nonce     `cbor:"card_nonce,omitzero"`
	Sealed    *bool     `cbor:"sealed,omitzero"`  // true for a sealed slot; false for an unsealed one, without CVC
	Used      *bool     `cbor:"used,omitzero"`    // false for an unused slot
	Address   string    `cbor:"addr,omitzero"`    // unsealed, without CVC: the whole address
	Private   Bytes32   `cbor:"privkey,omitzero"` // unsealed, with CVC: under the pad, see Session.Private
	Master    Bytes32   `cbor:"master_pk,omitzero"`
	ChainCode Bytes32   `cbor:"chain_code,omitzero"`
	PublicKey PublicKey `cbor:"pubkey,omitzero"`   // unsealed; without CVC from firmware 1.0.3 on
	Tampered  bool      `cbor:"tampered,omitzero"` // with CVC: the card unsealed the slot by itself
}

// SlotState is the life of a slot.
type SlotState int

// The states of a slot, in the order it goes through them.
const (
	SlotUnused   SlotState = iota // no key yet
	SlotSealed                    // nobody has seen the private key
	SlotUnsealed                  // the private key was given out, and can be again
)

// String is "unused", "sealed" or "unsealed".
func (s SlotState) String() string {
	if s < SlotUnused || s > SlotUnsealed {
		return "unknown"
	}
	return [...]string{"unused", "sealed", "unsealed"}[s]
}

// State is what the answer says about the slot.
func (a DumpAnswer) State() SlotState {
	switch {
	case a.Used != nil && !*a.Used:
		return SlotUnused
	case a.Sealed != nil && *a.Sealed:
		return SlotSealed
	}
	return SlotUnsealed
}

func (a *DumpAnswer) check() error {
	open := a.State() == SlotUnsealed
	keys := a.Master != Bytes32{}
	return need(
		field{"slot", slotFits(a.Slot)},
		field{"sealed", !open || keys || a.Sealed != nil},
		field{"master_pk", !keys || open},
		field{"chain_code", !keys || a.ChainCode != Bytes32{}},
		field{"addr", len(a.Address) <= maxText},
		field{"pubkey", a.PublicKey == PublicKey{} || a.PublicKey.compressed()},
	)
}

// Encode is the card's side.
func (a DumpAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseDumpAnswer reads the answer; nothing is verified yet. Keys come all together or not at all, but for a slot that
// was tampered with, which may have no key but its master.
func ParseDumpAnswer(body []byte) (DumpAnswer, error) { return decodeAnswer[DumpAnswer](body) }
