package wire

import "tapcard.example/iso7816"

// SignRequest has the card sign a digest: with an unsealed slot of a SATSCARD, or with a TAPSIGNER's derived key or a
// child of it (Tap protocol, sign). Never give a SATSCARD a subpath: early firmware takes it for tampering (observed).
type SignRequest struct {
	Slot *int `cbor:"slot,omitzero"` // SATSCARD: which slot; nil is 0
	// Subpath is for TAPSIGNER and SATSCHIP: up to 2 components, none hardened, from the derived key. Nil is none.
	Subpath []uint32 `cbor:"subpath,omitzero"`
	Digest  Bytes32  `cbor:"digest"` // under Session.Pad32
	Auth
}

func (r *SignRequest) check() error {
	return need(append(r.fields(),
		field{"slot", r.Slot == nil || slotFits(*r.Slot)},
		field{"digest", r.Digest != Bytes32{}},
	)...)
}

// Command is the request as an APDU; the subpath must be ValidSubpath.
func (r SignRequest) Command() (iso7816.Command, error) {
	if err := need(field{"subpath", ValidSubpath(r.Subpath)}); err != nil {
		return iso7816.Command{}, err
	}
	return request(CmdSign, r)
}

// ParseSignRequest is the card's side. ErrFormat is a 400; so is a subpath that is not ValidSubpath, which is let
// through.
func ParseSignRequest(body []byte) (SignRequest, error) { return decode[SignRequest](body) }

// SignAnswer answers sign. Nothing in it is hidden: the host compares PublicKey with the key it expects, and verifies
// Signature over the digest it sent.
type SignAnswer struct {
	Slot      int       `cbor:"slot"`
	CardNonce Nonce     `cbor:"card_nonce,omitzero"`
	Signature Signature `cbor:"sig"`
	PublicKey PublicKey `cbor:"pubkey"`
}

func (a *SignAnswer) check() error {
	return need(
		field{"slot", slotFits(a.Slot)},
		field{"sig", a.Signature != Signature{}},
		field{"pubkey", a.PublicKey.compressed()},
	)
}

// Encode is the card's side.
func (a SignAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseSignAnswer reads the answer; nothing is verified yet.
func ParseSignAnswer(body []byte) (SignAnswer, error) { return decodeAnswer[SignAnswer](body) }
