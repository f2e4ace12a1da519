package applet

import (
	"fmt"
	"strings"

	"tapcard.example/cktap/wire"
)

// Profile is a firmware with every oddity of its wire. What follows from Version alone and is in package wire, what
// check covers, is not repeated here.
type Profile struct {
	// Name is what ProfileByName takes: "1.0.3".
	Name string
	// Version is what status reports.
	Version wire.Version

	// CertsShowNonce makes certs repeat the nonce in force (observed in 0.9.0). It is not a new one: the maker's library
	// of that time verifies check with the nonce that status gave before certs.
	CertsShowNonce bool
	// ErrorsSpendNonce makes an error past the CVC change the nonce without saying so (observed in 0.9.0).
	ErrorsSpendNonce bool
	// SubpathTampers makes a SATSCARD take a subpath in sign for tampering, and unseal its slot (observed in 0.9.0).
	SubpathTampers bool
	// LastSlotStays leaves the last slot the current one after it was unsealed (observed up to 1.0.0).
	LastSlotStays bool
	// AnyCVC takes any bytes for a new CVC, not only digits (observed before 1.0.1).
	AnyCVC bool
	// FreeLengths does not count a CVC of wrong length, and so gives the length away (observed before 1.0.2).
	FreeLengths bool
	// DumpHidesKey leaves the public key out of dump without CVC (Tap protocol, dump: before 1.0.3).
	DumpHidesKey bool

	// The rest is what the emulator does differently (observed).

	// DerivedSigns signs a signer's derive with the derived key over the derived chain code.
	DerivedSigns bool
	// SchemeInURL puts https:// in front of the URL.
	SchemeInURL bool
	// XPubSpendsNonce makes xpub bring a new nonce.
	XPubSpendsNonce bool
	// NonceStays leaves the nonce alone in status and in a SATSCARD's derive.
	NonceStays bool
	// DumpShowsSealed adds the blanked address to dump of a sealed slot.
	DumpShowsSealed bool
	// NewIsBadArguments answers new with 400 where documents have 405, 406 or 417.
	NewIsBadArguments bool
	// SatschipNeedsBackup answers change with 425 on a SATSCHIP, which has no backup.
	SatschipNeedsBackup bool
	// NoLimit counts no wrong CVCs and has no wait.
	NoLimit bool
	// ZeroKeyInCheck appends 33 zero bytes to what check signs while a SATSCARD's slot is unused.
	ZeroKeyInCheck bool
	// Crashes answers 500 to read without a nonce, read and xpub without CVC, and derive without a path.
	Crashes bool
	// HalfIsBadArguments answers 400 when only one of epubkey and xcvc is there.
	HalfIsBadArguments bool
	// FirstSlotOpen makes new need no CVC for slot 0.
	FirstSlotOpen bool
	// SlotEcho lets a signer sign with any slot number, and repeats it.
	SlotEcho bool
	// Deterministic signs by RFC 6979 and leaves R as it comes; one sign in nine is answered 205 all the same.
	Deterministic bool
	// ReadsUnsealed shows and reads the last slot after it was unsealed.
	ReadsUnsealed bool
	// Texts are error texts other than those of the protocol document.
	Texts map[int]string
}

// V0_9_0 is the first firmware, March 2022. It knows no SATSCHIP.
var V0_9_0 = Profile{
	Name: "0.9.0", Version: wire.V0_9_0,
	CertsShowNonce: true, ErrorsSpendNonce: true, SubpathTampers: true,
	LastSlotStays: true, AnyCVC: true, FreeLengths: true, DumpHidesKey: true,
}

// V1_0_0 is the firmware of July 2022.
var V1_0_0 = Profile{
	Name: "1.0.0", Version: wire.V1_0_0,
	LastSlotStays: true, AnyCVC: true, FreeLengths: true, DumpHidesKey: true,
}

// V1_0_3 is the firmware of September 2022, the one in cards sold since. It is the default.
var V1_0_3 = Profile{Name: "1.0.3", Version: wire.V1_0_3}

// Emulator is the maker's public emulator, which calls itself 1.0.3.
var Emulator = Profile{
	Name: "emulator", Version: wire.V1_0_3,
	LastSlotStays: true,
	DerivedSigns:  true, SchemeInURL: true, XPubSpendsNonce: true, NonceStays: true, DumpShowsSealed: true,
	NewIsBadArguments: true, SatschipNeedsBackup: true, NoLimit: true, ZeroKeyInCheck: true, Crashes: true,
	HalfIsBadArguments: true, FirstSlotOpen: true, SlotEcho: true, Deterministic: true, ReadsUnsealed: true,
	Texts: map[int]string{wire.CodeBackupFirst: "card not yet backed-up"},
}

// Profiles lists all profiles.
func Profiles() []Profile { return []Profile{V0_9_0, V1_0_0, V1_0_3, Emulator} }

// ProfileByName finds a profile: "0.9.0", "1.0.0", "1.0.3" or "emulator"; the empty name is the default, 1.0.3.
func ProfileByName(name string) (Profile, error) {
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if name == "" {
		return V1_0_3, nil
	}
	return Profile{}, fmt.Errorf("no firmware %q: there are %s", name, strings.Join(names, ", "))
}

// Has says whether a product exists with this firmware: SATSCHIP came with 1.0.0.
func (p Profile) Has(product wire.Product) bool {
	return product != wire.Satschip || !p.Version.Before(wire.V1_0_0)
}
