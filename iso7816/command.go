package iso7816

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCommand is wrapped by every error about the form of a command.
var ErrCommand = errors.New("malformed command APDU")

// Command is a command APDU. Ne is the number of response bytes expected at most: 0 for none, up to 256 for a short
// command and 65,536 for an extended one.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte
	Ne               int
}

// Bytes encodes the command, in the short form where data and Ne allow it (ISO/IEC 7816-4:2020 §5.2).
// It fails with ErrCommand when a length is out of range.
func (c Command) Bytes() ([]byte, error) {
	if len(c.Data) > MaxExtendedData || c.Ne < 0 || c.Ne > MaxExtendedNe {
		return nil, fmt.Errorf("%w: %d bytes of data, %d expected", ErrCommand, len(c.Data), c.Ne)
	}
	b := make([]byte, 0, headerLength+3+len(c.Data)+2)
	b = append(b, c.CLA, c.INS, c.P1, c.P2)
	if len(c.Data) <= MaxShortData && c.Ne <= MaxShortNe {
		return c.appendShort(b), nil
	}
	return c.appendExtended(b), nil
}

func (c Command) appendShort(b []byte) []byte {
	if len(c.Data) > 0 {
		b = append(append(b, byte(len(c.Data))), c.Data...)
	}
	if c.Ne > 0 {
		b = append(b, byte(c.Ne)) // 256 is written as 00
	}
	return b
}

func (c Command) appendExtended(b []byte) []byte {
	b = append(b, 0)
	if len(c.Data) > 0 {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(c.Data))), c.Data...)
	}
	if c.Ne > 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(c.Ne)) // 65,536 is written as 0000
	}
	return b
}

// ParseCommand decodes a command APDU of any of the seven cases of ISO/IEC 7816-4:2020 §5.2. Data is a part of b.
// Anything whose lengths do not add up is refused with ErrCommand.
func ParseCommand(b []byte) (Command, error) {
	if len(b) < headerLength || len(b) > maxEncodedLength {
		return Command{}, fmt.Errorf("%w: %d bytes", ErrCommand, len(b))
	}
	c := Command{CLA: b[0], INS: b[1], P1: b[2], P2: b[3]}
	body := b[headerLength:]
	var err error
	switch {
	case len(body) == 0:
	case len(body) == 1:
		c.Ne = expected(int(body[0]), MaxShortNe)
	case body[0] != 0:
		err = c.parseShort(body)
	default:
		err = c.parseExtended(body)
	}
	if err != nil {
		return Command{}, err
	}
	return c, nil
}

func (c *Command) parseShort(body []byte) error {
	n := int(body[0])
	switch len(body) - 1 - n {
	case 0:
	case 1:
		c.Ne = expected(int(body[1+n]), MaxShortNe)
	default:
		return fmt.Errorf("%w: Lc %d before %d bytes", ErrCommand, n, len(body)-1)
	}
	c.Data = body[1 : 1+n]
	return nil
}

func (c *Command) parseExtended(body []byte) error {
	if len(body) < 3 {
		return fmt.Errorf("%w: extended length cut short", ErrCommand)
	}
	n := int(binary.BigEndian.Uint16(body[1:]))
	if len(body) == 3 {
		c.Ne = expected(n, MaxExtendedNe)
		return nil
	}
	switch len(body) - 3 - n {
	case 0:
	case 2:
		c.Ne = expected(int(binary.BigEndian.Uint16(body[3+n:])), MaxExtendedNe)
	default:
		return fmt.Errorf("%w: extended Lc %d before %d bytes", ErrCommand, n, len(body)-3)
	}
	if n == 0 {
		return fmt.Errorf("%w: extended Lc of zero", ErrCommand)
	}
	c.Data = body[3 : 3+n]
	return nil
}

// expected turns an encoded Le into Ne: zero means the maximum.
func expected(le, max int) int {
	if le == 0 {
		return max
	}
	return le
}

// Chained says whether more commands of a chain follow this one (CLA bit 5, ISO/IEC 7816-4:2020 §5.4.1). Proprietary
// classes, 80 to 9F and C0 to FE, are read like the interindustry ones, as Java Cards do; 20 to 3F and A0 to BF are
// reserved and FF is no class, so their bit 5 means nothing.
func (c Command) Chained() bool {
	return c.CLA&chainingBit != 0 && c.CLA&0x60 != 0x20 && c.CLA != 0xFF
}

// Chain splits a command whose data is longer than size bytes into a chain of short commands; size is 1 to 255, and
// anything else means 255. Only the last one expects a response.
func (c Command) Chain(size int) []Command {
	if size < 1 || size > MaxShortData {
		size = MaxShortData
	}
	var chain []Command
	data := c.Data
	for len(data) > size {
		link := Command{CLA: c.CLA | chainingBit, INS: c.INS, P1: c.P1, P2: c.P2, Data: data[:size]}
		chain, data = append(chain, link), data[size:]
	}
	last := c
	last.Data = data
	return append(chain, last)
}

// String shows the header and the lengths, never the data.
func (c Command) String() string {
	return fmt.Sprintf("%02X %02X %02X %02X, %d bytes", c.CLA, c.INS, c.P1, c.P2, len(c.Data))
}
