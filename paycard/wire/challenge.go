package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// InsChallenge is CHALLENGE: it names what is to be signed and asks what that takes.
const InsChallenge = 0x50

// P2 of CHALLENGE.
const (
	ForPayment = 0x00
	ForHash    = 0x01 // a hash that the card cannot read: blind signing
)

// Sizes in bytes.
const (
	MACKeySize       = 32
	allowancesSize   = 16
	challengeAnsSize = ChallengeSize + 4 + 1 + 1 + allowancesSize + sha256.Size // 70
)

// Flags of the answer to CHALLENGE. NeedsX tell the terminal what PAY will ask for.
const (
	Repeat        = 0x01 // this very payment is signed already: PAY, with nothing, returns the same signature
	NeedsApproval = 0x02 // the approver's signature
	NeedsTime     = 0x04 // a time authority's signature
	NeedsRate     = 0x08 // a rate amount in the token
	NeedsOwner    = 0x10 // a button or a finger on the card: keep it in the field
	OfflineWillDo = 0x20 // the offline allowance covers this payment: PAY also works with nothing
	NoService     = 0x80 // no approval service is set: allowances and MAC are zeros
)

// ChallengeCommand asks to pay an order with a profile, 0 to 3.
func ChallengeCommand(profile byte, o Order) iso7816.Command {
	return query(InsChallenge, profile, ForPayment, o.Append(nil))
}

// ChallengeHashCommand asks for a blind signature.
func ChallengeHashCommand(hash [HashSize]byte) iso7816.Command {
	return query(InsChallenge, 0, ForHash, hash[:])
}

// Allowances are what is left before a guard refuses. They are for the approval service's eyes only: a terminal that
// knew them would know how much to overcharge.
type Allowances struct {
	Signatures uint32 // until the owner refills; all ones: no limit
	Offline    uint16 // payments without a token
	Hour       uint16 // signatures within this hour; all ones: no limit
	Velocity   uint64 // amount within the window; all ones: no limit
}

func (a Allowances) encode() (b [allowancesSize]byte) {
	binary.BigEndian.PutUint32(b[:], a.Signatures)
	binary.BigEndian.PutUint16(b[4:], a.Offline)
	binary.BigEndian.PutUint16(b[6:], a.Hour)
	binary.BigEndian.PutUint64(b[8:], a.Velocity)
	return b
}

// Challenge is the answer to CHALLENGE.
type Challenge struct {
	Challenge [ChallengeSize]byte
	Counter   uint32 // of the payment; 0 for a blind signature
	Flags     byte
	Profile   byte // the one in effect: a touch button may have chosen another than was asked for
	Sealed    [allowancesSize]byte
	MAC       [sha256.Size]byte
}

// Encode is 70 bytes: challenge 16 ‖ counter 4 ‖ flags 1 ‖ profile 1 ‖ sealed allowances 16 ‖ MAC 32.
func (c Challenge) Encode() []byte {
	b := binary.BigEndian.AppendUint32(append([]byte(nil), c.Challenge[:]...), c.Counter)
	b = append(b, c.Flags, c.Profile)
	return append(append(b, c.Sealed[:]...), c.MAC[:]...)
}

// ParseChallenge reads 70 bytes.
func ParseChallenge(b []byte) (Challenge, error) {
	if err := sized("answer to CHALLENGE", b, challengeAnsSize); err != nil {
		return Challenge{}, err
	}
	return Challenge{Challenge: [ChallengeSize]byte(b), Counter: binary.BigEndian.Uint32(b[16:]), Flags: b[20],
		Profile: b[21], Sealed: [allowancesSize]byte(b[22:]), MAC: [sha256.Size]byte(b[38:])}, nil
}

// Seal is the card's side: it hides the allowances and puts everything under the MAC.
func (c *Challenge) Seal(key secret.Bytes, card Address, digest [HashSize]byte, left Allowances) {
	plain := left.encode()
	pad := c.pad(key)
	subtle.XORBytes(c.Sealed[:], plain[:], pad[:])
	c.MAC = c.mac(key, card, digest, plain)
}

// Open is the service's side: it checks, in constant time, that the card with this address wants to sign this digest
// and has these allowances. Without that a service must decide nothing: anybody can ask it about any card.
func (c Challenge) Open(key secret.Bytes, card Address, digest [HashSize]byte) (Allowances, error) {
	if key.Len() != MACKeySize {
		return Allowances{}, fmt.Errorf("%w: MAC key of %d bytes", ErrFormat, key.Len())
	}
	var plain [allowancesSize]byte
	pad := c.pad(key)
	subtle.XORBytes(plain[:], c.Sealed[:], pad[:])
	want := c.mac(key, card, digest, plain)
	if !hmac.Equal(want[:], c.MAC[:]) {
		return Allowances{}, ErrMAC
	}
	return Allowances{Signatures: binary.BigEndian.Uint32(plain[:]), Offline: binary.BigEndian.Uint16(plain[4:]),
		Hour: binary.BigEndian.Uint16(plain[6:]), Velocity: binary.BigEndian.Uint64(plain[8:])}, nil
}

// pad is the first 16 bytes of HMAC-SHA256(key, tag ‖ challenge). A challenge is never used twice, so neither is a pad.
func (c Challenge) pad(key secret.Bytes) (pad [allowancesSize]byte) {
	sum := sumHMAC(key, TagAllowances[:], c.Challenge[:])
	copy(pad[:], sum[:])
	return pad
}

// mac is HMAC-SHA256(key, tag 8 ‖ card 20 ‖ challenge 16 ‖ counter 4 ‖ flags 1 ‖ profile 1 ‖ digest 32 ‖ allowances
// 16).
func (c Challenge) mac(key secret.Bytes, card Address, digest [HashSize]byte, left [allowancesSize]byte) [32]byte {
	head := binary.BigEndian.AppendUint32(append([]byte(nil), c.Challenge[:]...), c.Counter)
	return sumHMAC(key, TagMAC[:], card[:], append(head, c.Flags, c.Profile), digest[:], left[:])
}

func sumHMAC(key secret.Bytes, parts ...[]byte) (sum [32]byte) {
	key.Reveal(func(k []byte) {
		h := hmac.New(sha256.New, k)
		for _, p := range parts {
			h.Write(p)
		}
		copy(sum[:], h.Sum(nil))
	})
	return sum
}
