package wire

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is the version of a card's firmware.
type Version struct{ Major, Minor, Patch uint16 }

// Versions that differ on the wire (observed, firmware history).
var (
	V0_9_0 = Version{0, 9, 0} // the first, March 2022
	V1_0_0 = Version{1, 0, 0} // check covers the slot's key; errors leave the nonce alone; SATSCHIP
	V1_0_1 = Version{1, 0, 1} // a new CVC must be digits
	V1_0_2 = Version{1, 0, 2} // a CVC of wrong length counts as an attempt
	V1_0_3 = Version{1, 0, 3} // dump without CVC shows the public key
)

// ParseVersion reads "1.0.3": three numbers below 65,536. Anything else gives ErrFormat.
func ParseVersion(s string) (Version, error) {
	parts := strings.Split(s, ".")
	var n [3]uint16
	if len(parts) != len(n) {
		return Version{}, fmt.Errorf("%w: firmware version", ErrFormat)
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return Version{}, fmt.Errorf("%w: firmware version", ErrFormat)
		}
		n[i] = uint16(v)
	}
	return Version{n[0], n[1], n[2]}, nil
}

// Compare is negative when v is older than w, 0 when they are the same, positive when v is newer.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}

// Before says whether v is older than w.
func (v Version) Before(w Version) bool { return v.Compare(w) < 0 }

// String is "1.0.3".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }
