package iso7816

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrResponse is wrapped by every error about the form of a response.
var ErrResponse = errors.New("malformed response APDU")

// Response is a response APDU: data and status word.
type Response struct {
	Data []byte
	SW   Status
}

// Bytes encodes the response.
func (r Response) Bytes() []byte {
	b := make([]byte, 0, len(r.Data)+2)
	return binary.BigEndian.AppendUint16(append(b, r.Data...), uint16(r.SW))
}

// ParseResponse decodes a response APDU; Data is a part of b. Fewer than 2 or more than 65,538 bytes give ErrResponse.
func ParseResponse(b []byte) (Response, error) {
	n := len(b) - 2
	if n < 0 || n > MaxExtendedNe {
		return Response{}, fmt.Errorf("%w: %d bytes", ErrResponse, len(b))
	}
	return Response{Data: b[:n:n], SW: Status(binary.BigEndian.Uint16(b[n:]))}, nil
}

// String shows the length and the status word, never the data.
func (r Response) String() string { return fmt.Sprintf("%d bytes, %s", len(r.Data), r.SW.String()) }
