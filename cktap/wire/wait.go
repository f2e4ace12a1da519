package wire

import "tapcard.example/iso7816"

// WaitRequest lets one second of a rate limit pass, and takes one second. With Auth, on a card without a limit, it
// tries the CVC (Tap protocol, wait).
type WaitRequest struct {
	Auth
}

func (r *WaitRequest) check() error { return need(r.fields()...) }

// Command is the request as an APDU.
func (r WaitRequest) Command() (iso7816.Command, error) { return request(CmdWait, r) }

// ParseWaitRequest is the card's side. ErrFormat is a 400.
func ParseWaitRequest(body []byte) (WaitRequest, error) { return decode[WaitRequest](body) }

// WaitAnswer answers wait: how often it must run still. It brings no nonce.
type WaitAnswer struct {
	Success   bool `cbor:"success"`
	AuthDelay int  `cbor:"auth_delay"`
}

func (a *WaitAnswer) check() error {
	return need(field{"success", a.Success}, field{"auth_delay", a.AuthDelay >= 0 && a.AuthDelay <= maxDelay})
}

// Encode is the card's side.
func (a WaitAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseWaitAnswer reads the answer.
func ParseWaitAnswer(body []byte) (WaitAnswer, error) { return decodeAnswer[WaitAnswer](body) }
