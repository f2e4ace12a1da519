package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// The two commands that sign.
const (
	InsPay      = 0x52 // PAY: what CHALLENGE named
	InsSignHash = 0x54 // SIGN HASH: the hash that CHALLENGE named, blindly
)

// P1 of PAY and SIGN HASH: which signatures follow the terms.
const (
	HasApproval    = 0x01
	HasTime        = 0x02
	SecondApprover = 0x04 // the approval is by the second of the approver's keys
	SecondTime     = 0x08 // the time is by the second of the authorities
)

const payAnswerSize = 4 + SignatureSize // 69

// Approval is what comes with PAY: terms, and the signatures over them. Nil fields are left out; the zero Approval is
// an offline payment, or one that is repeated.
type Approval struct {
	Terms          Terms
	Approver, Time *TokenSignature
	SecondApprover bool // sign with the second key of the approver
	SecondTime     bool // and of the time authorities
}

// PayCommand asks for the payment's signature.
func PayCommand(a Approval) iso7816.Command { return a.command(InsPay) }

// SignHashCommand asks for the blind signature.
func SignHashCommand(a Approval) iso7816.Command { return a.command(InsSignHash) }

func (a Approval) command(ins byte) iso7816.Command {
	if a.Approver == nil && a.Time == nil {
		return query(ins, 0, 0, nil)
	}
	p1, data := byte(0), a.Terms.Append(nil)
	add := func(s *TokenSignature, second bool, has, other byte) {
		if s == nil {
			return
		}
		if p1, data = p1|has, append(data, s[:]...); second {
			p1 |= other
		}
	}
	add(a.Approver, a.SecondApprover, HasApproval, SecondApprover)
	add(a.Time, a.SecondTime, HasTime, SecondTime)
	return query(ins, p1, 0, data)
}

// ParseApproval is the card's side: at most 148 bytes, terms 20 and the signatures that P1 names, 64 each. A P1 that
// names a second key of an absent signature is ErrFormat, and so are terms beyond the time that no approver signed.
func ParseApproval(c iso7816.Command) (Approval, error) {
	a := Approval{SecondApprover: c.P1&SecondApprover != 0, SecondTime: c.P1&SecondTime != 0}
	size, count := 0, 0
	for _, has := range []byte{HasApproval, HasTime} {
		if c.P1&has != 0 {
			size, count = TermsSize, count+1
		}
	}
	orphan := c.P1&SecondApprover != 0 && c.P1&HasApproval == 0 || c.P1&SecondTime != 0 && c.P1&HasTime == 0
	if orphan || c.P1 > HasApproval|HasTime|SecondApprover|SecondTime || len(c.Data) != size+count*TokenSignatureSize {
		return Approval{}, fmt.Errorf("%w: PAY with P1 %02X and %d bytes", ErrFormat, c.P1, len(c.Data))
	}
	if count == 0 {
		return a, nil
	}
	terms, err := ParseTerms(c.Data[:TermsSize])
	if err != nil {
		return Approval{}, err
	}
	if a.Terms = terms; c.P1&HasApproval == 0 && terms != (Terms{Time: terms.Time}) {
		return Approval{}, fmt.Errorf("%w: a time authority vouches for the time only", ErrFormat)
	}
	rest := c.Data[TermsSize:]
	for _, s := range []struct {
		has byte
		to  **TokenSignature
	}{{HasApproval, &a.Approver}, {HasTime, &a.Time}} {
		if c.P1&s.has != 0 {
			signature := TokenSignature(rest[:TokenSignatureSize])
			*s.to, rest = &signature, rest[TokenSignatureSize:]
		}
	}
	return a, nil
}

// Signed is the answer to PAY and SIGN HASH.
type Signed struct {
	Counter   uint32 // 0 for a blind signature
	Signature Signature
}

// Encode is 69 bytes: counter 4 ‖ r 32 ‖ s 32 ‖ v 1.
func (s Signed) Encode() []byte {
	return s.Signature.Append(binary.BigEndian.AppendUint32(nil, s.Counter))
}

// ParseSigned reads 69 bytes.
func ParseSigned(b []byte) (Signed, error) {
	if err := sized("answer to PAY", b, payAnswerSize); err != nil {
		return Signed{}, err
	}
	s, err := ParseSignature(b[4:])
	return Signed{binary.BigEndian.Uint32(b), s}, err
}
