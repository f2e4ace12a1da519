package wire

import (
	"crypto/sha256"
	"fmt"

	"tapcard.example/iso7816"
)

// InsBind is BIND: the proof that whoever registers the card with a vault holds it and knows its PIN.
const InsBind = 0x3C

// BindSize is the length of what BIND signs.
const BindSize = 8 + PurseSize + AddressSize + AddressSize // 96

// BindCommand has the card prove itself to owner, for the vault of a profile.
func BindCommand(profile byte, owner Address) iso7816.Command {
	return query(InsBind, profile, 0, owner[:])
}

// ParseBind is the card's side: the owner's address, which is not zero.
func ParseBind(c iso7816.Command) (Address, error) {
	if err := sized("owner", c.Data, AddressSize); err != nil {
		return Address{}, err
	}
	if owner := Address(c.Data); owner != (Address{}) {
		return owner, nil
	}
	return Address{}, fmt.Errorf("%w: the owner is the zero address", ErrFormat)
}

// BindDigest is what the card signs: SHA-256(tag 8 ‖ chain 8 ‖ vault 20 ‖ token 20 ‖ card 20 ‖ owner 20). It is good
// for one owner at one vault on one chain, so whoever catches it can do nothing with it.
func BindDigest(p Purse, card, owner Address) [HashSize]byte {
	b := p.Append(append(make([]byte, 0, BindSize), TagBind[:]...))
	return sha256.Sum256(append(append(b, card[:]...), owner[:]...))
}
