package wire

import "fmt"

// Version is the version word of the applet as SELECT gives it: major in the high byte, minor in the low one.
// The third number of a release is not on the wire: 2.1 and 2.1.1 are both 0x0201.
type Version uint16

// Versions that differ on the wire (Keycard, releases since December 2018).
const (
	V1_2 Version = 0x0102 // another AID and another protocol; recognised only
	V2_0 Version = 0x0200 // the seed
	V2_1 Version = 0x0201 // capabilities in SELECT
	V2_2 Version = 0x0202 // SIGN takes a path; DERIVE KEY always needs the PIN
	V2_3 Version = 0x0203 // GET and STORE DATA; never released, has the working DUPLICATE KEY
	V3_0 Version = 0x0300 // DUPLICATE KEY and SET NDEF are gone
	V3_1 Version = 0x0301 // IDENT, FACTORY RESET, retry limits and duress PIN at INIT
	V3_2 Version = 0x0302 // ephemeral pairings
	V4_0 Version = 0x0400 // unreleased, another protocol; recognised only
)

// Major is the first number of the version.
func (v Version) Major() int { return int(v >> 8) }

// Minor is the second number of the version.
func (v Version) Minor() int { return int(v & 0xFF) }

// String is "2.3".
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major(), v.Minor()) }

// Supported says whether this package speaks the version's protocol: 2.0 up to, and without, 4.0.
func (v Version) Supported() bool { return v >= V2_0 && v < V4_0 }
