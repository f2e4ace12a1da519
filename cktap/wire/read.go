package wire

import (
	"fmt"

	"tapcard.example/iso7816"
)

// ReadRequest asks for the key in use: of a SATSCARD's current slot, without CVC, or a TAPSIGNER's derived key, with
// CVC (Tap protocol, read).
type ReadRequest struct {
	Nonce []byte `cbor:"nonce,omitzero"` // 16 random bytes; see WeakNonce
	Auth
}

func (r *ReadRequest) check() error { return needNonce(r.Nonce, r.fields()...) }

// needNonce checks a host's nonce for its length, and other fields; a nonce whose bytes are all the same is the card's
// to refuse, with 417.
func needNonce(n []byte, others ...field) error {
	if n == nil {
		return fmt.Errorf("%w: nonce: %w", ErrFormat, ErrMissing)
	}
	return need(append(others, field{"nonce", len(n) == NonceSize})...)
}

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
