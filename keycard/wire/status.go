package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
)

// InsGetStatus is GET STATUS (Keycard seed, GET STATUS).
const InsGetStatus = 0xF2

// P1 of GET STATUS.
const (
	StatusApplication = 0x00
	StatusPath        = 0x01 // the answer is the current key path, for ParsePath
)

const (
	tagStatus  tlv.Tag = 0xA3
	tagBoolean tlv.Tag = 0x01

	statusBody    = 9    // bytes of content
	oddStatusBody = 0x0C // what 2.0 and 2.1 say it is
)

// StatusCommand asks for the application status.
func StatusCommand() iso7816.Command { return query(InsGetStatus, StatusApplication, 0, nil) }

// PathStatusCommand asks for the current key path.
func PathStatusCommand() iso7816.Command { return query(InsGetStatus, StatusPath, 0, nil) }

// ApplicationStatus is the answer to GET STATUS.
type ApplicationStatus struct {
	PINTries, PUKTries int  // left
	HasKey             bool // a key is loaded
}

// Encode is the card's side. Versions 2.0 and 2.1 write 0C for the length of nine bytes; fixed in 2.1.1, which has the
// version word of 2.1 and so cannot be told from it here.
func (s ApplicationStatus) Encode(v Version) []byte {
	key := byte(0)
	if s.HasKey {
		key = 0xFF
	}
	body := tlv.Append(nil, tagNumber, []byte{byte(s.PINTries)})
	body = tlv.Append(body, tagNumber, []byte{byte(s.PUKTries)})
	body = tlv.Append(body, tagBoolean, []byte{key})
	b := tlv.Append(nil, tagStatus, body)
	if v <= V2_1 {
		b[1] = oddStatusBody
	}
	return b
}

// ParseApplicationStatus reads the answer of any version. The outer length is not believed, see Encode; a second
// boolean, as 1.2 has it, is passed over.
func ParseApplicationStatus(b []byte) (ApplicationStatus, error) {
	if len(b) < 2+statusBody || tlv.Tag(b[0]) != tagStatus || b[1] != oddStatusBody && int(b[1]) != len(b)-2 {
		return ApplicationStatus{}, fmt.Errorf("%w: application status of %d bytes", ErrFormat, len(b))
	}
	elements, err := tlv.Parse(b[2:], tlv.Lenient)
	if err != nil {
		return ApplicationStatus{}, fmt.Errorf("%w: application status: %w", ErrFormat, err)
	}
	if len(elements) < 3 {
		return ApplicationStatus{}, fmt.Errorf("%w: application status with %d elements", ErrFormat, len(elements))
	}
	for i, want := range []tlv.Tag{tagNumber, tagNumber, tagBoolean} {
		if e := elements[i]; e.Tag != want || len(e.Value) != 1 {
			return ApplicationStatus{}, fmt.Errorf("%w: application status with tag %v, %d bytes, in place %d",
				ErrFormat, e.Tag, len(e.Value), i)
		}
	}
	return ApplicationStatus{
		PINTries: int(elements[0].Value[0]),
		PUKTries: int(elements[1].Value[0]),
		HasKey:   elements[2].Value[0] != 0,
	}, nil
}
