package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// InsSetProfile is SET PROFILE; P1 is its number, no data deletes it. Needs the PIN.
const InsSetProfile = 0x32

// Values of Profile.Touch that are no number of a profile.
const (
	NoTouch   = 0xFF // the button does not matter
	TouchOnly = 0xFE // works while the button is touched only
)

const profileSize = PurseSize + 8 + 8 + 2 + 8 + 8 + 1 // 83

// Profile is a purse with limits of its own. Amounts are in the vault's unit; NoLimit means none.
type Profile struct {
	Purse         Purse
	Single        uint64 // in one payment at most
	Velocity      uint64 // within the window at most, together with all profiles of the same purse
	OfflineCount  uint16 // payments without a token, until an approval refills
	OfflineSum    uint64 // and their sum
	OfflineSingle uint64 // and each
	Touch         byte   // NoTouch, TouchOnly, or the profile that takes this one's place while the button is touched
}

// Append is purse 48 ‖ single 8 ‖ velocity 8 ‖ offline count 2 ‖ offline sum 8 ‖ offline single 8 ‖ touch 1.
func (p Profile) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(p.Purse.Append(b), p.Single)
	b = binary.BigEndian.AppendUint64(b, p.Velocity)
	b = binary.BigEndian.AppendUint16(b, p.OfflineCount)
	b = binary.BigEndian.AppendUint64(b, p.OfflineSum)
	b = binary.BigEndian.AppendUint64(b, p.OfflineSingle)
	return append(b, p.Touch)
}

// ParseProfile reads 83 bytes. A purse without chain, vault or token is ErrFormat.
func ParseProfile(b []byte) (Profile, error) {
	if err := sized("profile", b, profileSize); err != nil {
		return Profile{}, err
	}
	n := b[PurseSize:]
	p := Profile{Purse: parsePurse(b), Single: binary.BigEndian.Uint64(n), Velocity: binary.BigEndian.Uint64(n[8:]),
		OfflineCount: binary.BigEndian.Uint16(n[16:]), OfflineSum: binary.BigEndian.Uint64(n[18:]),
		OfflineSingle: binary.BigEndian.Uint64(n[26:]), Touch: n[34]}
	if p.Purse.Chain == 0 || p.Purse.Vault == (Address{}) || p.Purse.Token == (Address{}) ||
		p.Touch >= Profiles && p.Touch < TouchOnly {
		return Profile{}, fmt.Errorf("%w: profile without a purse, or with touch %02X", ErrFormat, p.Touch)
	}
	return p, nil
}

// SetProfileCommand sets profile n, 0 to 3.
func SetProfileCommand(n byte, p Profile) iso7816.Command {
	return command(InsSetProfile, n, 0, p.Append(nil))
}

// DeleteProfileCommand deletes profile n, 0 to 3.
func DeleteProfileCommand(n byte) iso7816.Command { return command(InsSetProfile, n, 0, nil) }
