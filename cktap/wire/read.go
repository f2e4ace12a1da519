package wire

import "tapcard.example/iso7816"

// ReadRequest asks for the key in use: of a SATSCARD's current slot, without CVC, or a TAPSIGNER's derived key, with
// CVC (Tap protocol, read).
type ReadRequest struct {
	Nonce []byte `cbor:"nonce,omitzero"` // 16 random bytes; see WeakNonce
	Auth
}

func (r *ReadRequest) check() error { return need(append(r.fields(), nonceField(r.Nonce))...) }

// nonceField checks a host's nonce for its length; all bytes the same is the card's to refuse, with 417.
func nonceField(n []byte) field { return field{"nonce", len(n) == NonceSize} }

// Command is the request as an APDU.
func (r ReadRequest) Command() (iso7816.Command, error) { return request(CmdRead, r) }

// ParseReadRequest is the card's side. ErrFormat is a 400.
func ParseReadRequest(body []byte) (ReadRequest, error) { return decode[ReadRequest](body) }

// ReadAnswer answers read. The signature is over ReadDigest.
type ReadAnswer struct {
	Signature Signature `cbor:"sig"`
	CardNonce Nonce     `cbor:"card_nonce,omitzero"`
	PublicKey PublicKey `cbor:"pubkey"` // under Session.PadPublicKey on TAPSIGNER and SATSCHIP
}

func (a *ReadAnswer) check() error {
	return need(
		field{"sig", a.Signature != Signature{}},
		field{"pubkey", a.PublicKey.compressed()},
	)
}

// Encode is the card's side.
func (a ReadAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseReadAnswer reads the answer; nothing is verified yet.
func ParseReadAnswer(body []byte) (ReadAnswer, error) { return decodeAnswer[ReadAnswer](body) }
