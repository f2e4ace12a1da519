package wire

import (
	"strings"

	"tapcard.example/iso7816"
)

// StatusRequest asks for the state of the card (Tap protocol, status).
type StatusRequest struct{}

func (*StatusRequest) check() error { return nil }

// Command is the request as an APDU.
func (r StatusRequest) Command() (iso7816.Command, error) { return request(CmdStatus, r) }

// StatusAnswer answers status and SELECT (Tap protocol, status).
type StatusAnswer struct {
	Proto     int       `cbor:"proto"` // 1
	Firmware  string    `cbor:"ver"`   // "1.0.3"; ParseAnswer has checked that it is a version
	Birth     int       `cbor:"birth"` // block height when the card was made
	PublicKey PublicKey `cbor:"pubkey"`
	CardNonce Nonce     `cbor:"card_nonce"`
	Address   string    `cbor:"addr,omitzero"`  // SATSCARD: blanked; absent while the current slot is unused
	Slots     []int     `cbor:"slots,omitzero"` // SATSCARD: the current slot, counted from 0, and how many there are
	Tapsigner bool      `cbor:"tapsigner,omitzero"`
	Satschip  bool      `cbor:"satschip,omitzero"`
	Backups   *int      `cbor:"num_backups,omitzero"` // TAPSIGNER: how often backup ran, up to 127
	Path      []uint32  `cbor:"path,omitzero"`        // TAPSIGNER, SATSCHIP: absent until a key is picked
	Testnet   bool      `cbor:"testnet,omitzero"`
	AuthDelay int       `cbor:"auth_delay,omitzero"` // how many times wait must run, 0 for none
	Tampered  bool      `cbor:"tampered,omitzero"`   // a slot was unsealed by the card itself (observed)
}

// MaxBackups is where the counter of backups stops (Tap protocol, status).
const MaxBackups = 127

// Bounds on numbers in an answer: no card has more slots or asks to wait longer.
const (
	maxSlots = 255
	maxDelay = 3600
	maxBirth = 1<<31 - 1
	maxText  = 100
)

func (a *StatusAnswer) check() error {
	_, err := ParseVersion(a.Firmware)
	return need(
		field{"proto", a.Proto == 1},
		field{"ver", err == nil},
		field{"birth", a.Birth >= 0 && a.Birth <= maxBirth},
		field{"pubkey", a.PublicKey.compressed()},
		field{"card_nonce", a.CardNonce != Nonce{}},
		field{"addr", len(a.Address) <= maxText},
		field{"slots", a.slotsFit()},
		field{"satschip", a.Tapsigner || !a.Satschip},
		field{"num_backups", a.Backups == nil || *a.Backups >= 0 && *a.Backups <= MaxBackups},
		field{"path", ValidPath(a.Path)},
		field{"auth_delay", a.AuthDelay >= 0 && a.AuthDelay <= maxDelay},
	)
}

func (a *StatusAnswer) slotsFit() bool {
	if a.Tapsigner {
		return a.Slots == nil
	}
	return len(a.Slots) == 2 && a.Slots[1] > 0 && a.Slots[1] <= maxSlots && a.Slots[0] >= 0 && a.Slots[0] <= a.Slots[1]
}

// Encode is the card's side.
func (a StatusAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseStatusAnswer reads the answer; nothing in it is proven yet.
func ParseStatusAnswer(body []byte) (StatusAnswer, error) { return decodeAnswer[StatusAnswer](body) }

// Product is what the card says it is.
func (a StatusAnswer) Product() Product {
	switch {
	case a.Satschip:
		return Satschip
	case a.Tapsigner:
		return Tapsigner
	}
	return Satscard
}

// Version is the firmware's version.
func (a StatusAnswer) Version() Version {
	v, _ := ParseVersion(a.Firmware) // checked when it was parsed; otherwise the oldest, 0.0.0
	return v
}

// Slot is the number of the current slot, counted from 0; on a card that is used up, the number of slots. Up to
// firmware 1.0.0 it stays at the last slot instead (observed), and only dump tells whether that one is unsealed.
func (a StatusAnswer) Slot() int {
	if len(a.Slots) < 2 {
		return 0
	}
	return a.Slots[0]
}

// SlotCount is how many slots a SATSCARD has; 1 on the others.
func (a StatusAnswer) SlotCount() int {
	if len(a.Slots) < 2 {
		return 1
	}
	return a.Slots[1]
}

// HasKey says whether there is a key to read: in the current slot of a SATSCARD, or at all on the others.
func (a StatusAnswer) HasKey() bool {
	if a.Tapsigner {
		return a.Path != nil
	}
	return strings.Contains(a.Address, blank)
}
