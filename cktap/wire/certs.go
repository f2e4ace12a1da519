package wire

import "tapcard.example/iso7816"

// CertsRequest asks for the card's certificates (Tap protocol, certs).
type CertsRequest struct{}

func (*CertsRequest) check() error { return nil }

// Command is the request as an APDU.
func (r CertsRequest) Command() (iso7816.Command, error) { return request(CmdCerts, r) }

// CertsAnswer answers certs: the chain from the card's key up, the root's signature last. It never changes. See
// FactoryRoot for what it is worth.
type CertsAnswer struct {
	Chain     []Certificate `cbor:"cert_chain"`
	CardNonce Nonce         `cbor:"card_nonce,omitzero"` // firmware 0.9.0 only (observed)
}

func (a *CertsAnswer) check() error { return need(field{"cert_chain", len(a.Chain) > 0}) }

// Encode is the card's side.
func (a CertsAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseCertsAnswer reads the answer; nothing is verified yet.
func ParseCertsAnswer(body []byte) (CertsAnswer, error) { return decodeAnswer[CertsAnswer](body) }
