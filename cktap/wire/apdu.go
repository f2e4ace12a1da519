package wire

import (
	"fmt"

	"tapcard.example/iso7816"
)

// InsTap is the instruction of every command but SELECT (observed: 00 CB 00 00).
const InsTap = 0xCB

// AID is what SELECT selects: F0 and "CoinkiteCARDv1" (Tap protocol, "ISO Applet Select").
func AID() []byte { return []byte("\xF0CoinkiteCARDv1") }

// SelectCommand selects the applet. Its answer is that of status; until then a card answers 6D00 to everything.
func SelectCommand() iso7816.Command {
	return iso7816.Command{INS: iso7816.InsSelect, P1: 0x04, Data: AID()}
}

// IsSelect says whether c is SELECT by name.
func IsSelect(c iso7816.Command) bool { return c.INS == iso7816.InsSelect && c.P1 == 0x04 }

// request makes the APDU of a command: the map of its arguments with "cmd" put first. A map of up to 23 pairs begins
// with the byte A0 plus their number (RFC 8949 §3), so there is no need to encode it twice.
func request[T any, P checked[T]](name string, args T) (iso7816.Command, error) {
	body, err := encode[T, P](args)
	if err != nil {
		return iso7816.Command{}, fmt.Errorf("%s: %w", name, err)
	}
	head, err := strict.Marshal(struct {
		Cmd string `cbor:"cmd"`
	}{name})
	if err != nil {
		return iso7816.Command{}, err
	}
	head[0] = body[0] + 1 // one pair more; no request comes near 23
	body = append(head, body[1:]...)
	if len(body) > iso7816.MaxShortData {
		return iso7816.Command{}, fmt.Errorf("%w: %s with %d bytes", ErrFormat, name, len(body))
	}
	return iso7816.Command{INS: InsTap, Data: body}, nil
}

// ParseName reads which command a request is. A request without a name has the name "".
func ParseName(body []byte) (string, error) {
	var r struct {
		Cmd string `cbor:"cmd"`
	}
	if err := unmarshal(body, &r); err != nil {
		return "", err
	}
	return r.Cmd, nil
}

// NextNonce finds the card's nonce in any answer; ok is false when it carries none. From 1.0.0 on the card's nonce
// changes only when the answer carries the new one (observed), so a host follows what it finds here and assumes
// nothing.
func NextNonce(body []byte) (n Nonce, ok bool) {
	var a struct {
		CardNonce Nonce `cbor:"card_nonce"`
	}
	if unmarshal(body, &a) != nil {
		return Nonce{}, false
	}
	return a.CardNonce, a.CardNonce != Nonce{}
}

// ErrorAnswer is the body of an answer that says no.
type ErrorAnswer struct {
	Error string `cbor:"error"`
	Code  int    `cbor:"code"`
}

// Encode is the card's side.
func (a ErrorAnswer) Encode() ([]byte, error) { return strict.Marshal(a) }

// ParseError finds out whether an answer says no: then the error is a *CardError. An error without a code counts as
// 500. What cannot be read at all gives ErrCBOR or ErrFormat.
func ParseError(body []byte) error {
	var a struct {
		Error *string `cbor:"error"`
		Code  *int    `cbor:"code"`
	}
	if err := unmarshal(body, &a); err != nil {
		return err
	}
	if a.Error == nil && a.Code == nil {
		return nil
	}
	e := &CardError{Code: CodeInternal}
	if a.Code != nil {
		e.Code = *a.Code
	}
	if a.Error != nil {
		e.Text = *a.Error
	}
	return e
}
