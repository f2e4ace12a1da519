package applet

import (
	"fmt"

	"tapcard.example/keycard/wire"
)

// Profile is a version of the original applet with every oddity of its wire. What it lists are habits that clients have
// come to know; the original's security holes are not among them, they are Quirks. Two things follow from Version alone
// and are in package wire: which commands exist, and how answers are written (the length that GET STATUS gets wrong in
// 2.0, tag 8D of SELECT from 2.1 on).
type Profile struct {
	// Name is what ProfileByName takes: "2.3".
	Name string
	// Version is the version word that SELECT reports.
	Version wire.Version
	// Slots is the number of pairings: 5, and 100 since 3.1.1 (Keycard, PAIR).
	Slots int

	// RotateChannelKeyAfter is the number of SELECTs after which the next one replaces the channel key: 100; 0 for
	// never (Keycard 3.0.1).
	RotateChannelKeyAfter int

	// InitLimits lets INIT set the numbers of tries and a duress PIN, which is otherwise the first 6 digits of the PUK
	// (Keycard 3.1, INIT).
	InitLimits bool
	// BadPINFormatBurnsTry compares, and so counts, a PIN of the wrong length or with letters (Keycard up to 2.2.1).
	BadPINFormatBurnsTry bool

	// LoadClearsPinless clears the pinless path when a key is loaded, generated or imported (Keycard 2.2, LOAD KEY).
	LoadClearsPinless bool
	// DeriveWithoutPIN lets DERIVE KEY go to the pinless path without a PIN (Keycard 2.0 to 2.1.1, DERIVE KEY).
	DeriveWithoutPIN bool
	// LazyDerivation makes DERIVE KEY store the path only: an invalid key shows in SIGN and EXPORT KEY (Keycard 3.1).
	LazyDerivation bool
	// EmptyDerivation accepts an empty path after every source, and for a key without a chain code (Keycard 3.1).
	EmptyDerivation bool
	// PinlessSource knows the source C0, the pinless path (Keycard 3.1, DERIVE KEY).
	PinlessSource bool

	// SignIgnoresP1P2 makes SIGN always use the current key (Keycard 2.0 and 2.1). Later ones take a path after the
	// hash and have SIGN with the pinless path.
	SignIgnoresP1P2 bool
	// SignPathOptional takes a path of any length, also none, after the hash of SIGN with P1 00, 01 and 02: none after
	// P1 01 is the master key (Keycard 3.1).
	SignPathOptional bool
	// PinlessNeedsKey makes SET PINLESS PATH derive at once, so that it needs an extended key (Keycard 2.2 to 3.0).
	PinlessNeedsKey bool
	// ExportPrivateAlone leaves the public key out of every private export (Keycard 3.1, EXPORT KEY).
	ExportPrivateAlone bool
	// ExportXPub knows P2 02, public key and chain code (Keycard 3.1, EXPORT KEY).
	ExportXPub bool

	// NDEFAutoLength makes SET NDEF write the missing length in front (Keycard 2.2.1) instead of refusing the data.
	NDEFAutoLength bool
	// DataAreas is the number of areas of STORE DATA: public, then NDEF and cash (Keycard 2.3: 1, 3.0: 3).
	DataAreas byte
}

// V2_0 is release 2.0 of December 2018, the first with the present AID.
var V2_0 = Profile{
	Name: "2.0", Version: wire.V2_0, Slots: 5,
	RotateChannelKeyAfter: 100, BadPINFormatBurnsTry: true,
	DeriveWithoutPIN: true, SignIgnoresP1P2: true,
}

// V2_3 is the state of September 2019, the last with DUPLICATE KEY and the only one where it works. It is the default.
var V2_3 = Profile{
	Name: "2.3", Version: wire.V2_3, Slots: 5,
	RotateChannelKeyAfter: 100,
	LoadClearsPinless:     true, PinlessNeedsKey: true,
	NDEFAutoLength: true, DataAreas: 1,
}

// V3_1 is release 3.1.2, the cards sold in 2025.
var V3_1 = Profile{
	Name: "3.1", Version: wire.V3_1, Slots: 100,
	InitLimits:        true,
	LoadClearsPinless: true, LazyDerivation: true, EmptyDerivation: true, PinlessSource: true,
	SignPathOptional: true, ExportPrivateAlone: true, ExportXPub: true,
	DataAreas: 3,
}

// ProfileByName finds a profile: "2.0", "2.3" or "3.1"; the empty name is the default, 2.3.
func ProfileByName(name string) (Profile, error) {
	for _, p := range []Profile{V2_0, V2_3, V3_1} {
		if p.Name == name {
			return p, nil
		}
	}
	if name == "" {
		return V2_3, nil
	}
	return Profile{}, fmt.Errorf("no Keycard profile %q: there are 2.0, 2.3 and 3.1", name)
}
