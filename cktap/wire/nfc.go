package wire

import "tapcard.example/iso7816"

// NFCRequest asks for the URL that the card shows to a phone (Tap protocol, nfc).
type NFCRequest struct{}

func (*NFCRequest) check() error { return nil }

// Command is the request as an APDU.
func (r NFCRequest) Command() (iso7816.Command, error) { return request(CmdNFC, r) }

// NFCAnswer answers nfc, with or without "https://" in front. See ParseURL.
type NFCAnswer struct {
	URL string `cbor:"url"`
}

func (a *NFCAnswer) check() error { return need(field{"url", a.URL != "" && len(a.URL) <= maxURL}) }

// Encode is the card's side.
func (a NFCAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseNFCAnswer reads the answer; nothing is verified yet.
func ParseNFCAnswer(body []byte) (NFCAnswer, error) { return decodeAnswer[NFCAnswer](body) }
