package keycard

import (
	"context"
	"encoding/binary"
	"fmt"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// tooMuch says how much would have fitted.
type tooMuch struct{ have, limit int }

// Error says both, in bytes.
func (e tooMuch) Error() string { return fmt.Sprintf("%d bytes, %d fit", e.have, e.limit) }

// noArea names a data area that a version does not have.
type noArea struct {
	area    Area
	version wire.Version
}

// Error names the version and the area.
func (e noArea) Error() string {
	return fmt.Sprintf("a %v has no data area %d", e.version, byte(e.area))
}

// SetNDEF stores the NDEF message that a phone without any app reads from the card (NFC Forum, NDEF 1.0), at most 221
// bytes, and needs the PIN. Up to 2.3 that is SET NDEF, later STORE DATA; the length in front of the message is added
// here. Version 2.2 would add it too, and be two bytes short.
func (s *Session) SetNDEF(ctx context.Context, message []byte) error {
	file, err := wire.NDEFFile(message)
	if err != nil {
		return failure(wire.InsSetNDEF, card.ErrNoSpace, tooMuch{len(message), wire.MaxNDEFData - 2})
	}
	if s.card.info.Version >= wire.V3_0 {
		return s.StoreData(ctx, DataNDEF, file)
	}
	_, err = s.do(ctx, wire.SetNDEFCommand(file))
	return err
}

// NDEF reads the message as a phone does, from the NDEF applet, which works in all versions: four commands or more. It
// ends an open session.
func (c *Card) NDEF(ctx context.Context) ([]byte, error) {
	c.closeSession()
	c.stale = true
	if _, err := c.ch.Select(ctx, wire.NDEFAID()); err != nil {
		return nil, err
	}
	if _, err := c.ndefDo(ctx, wire.NDEFSelectFileCommand(wire.NDEFDataFile)); err != nil {
		return nil, err
	}
	head, err := c.ndefDo(ctx, wire.NDEFReadCommand(0, 2))
	if err != nil {
		return nil, err
	}
	if len(head) != 2 {
		return nil, badNDEF(len(head), 2)
	}
	return c.ndefRead(ctx, int(binary.BigEndian.Uint16(head)))
}

// ndefRead reads n bytes from behind the length.
func (c *Card) ndefRead(ctx context.Context, n int) ([]byte, error) {
	const most = 1024 // what the card's capability file promises
	if n > most {
		return nil, badNDEF(n, most)
	}
	message := make([]byte, 0, n)
	for len(message) < n {
		want := min(n-len(message), iso7816.MaxShortData)
		part, err := c.ndefDo(ctx, wire.NDEFReadCommand(uint16(2+len(message)), want))
		if err != nil {
			return nil, err
		}
		if len(part) == 0 || len(part) > want {
			return nil, badNDEF(len(part), want)
		}
		message = append(message, part...)
	}
	return message, nil
}

// ndefDo sends a command to the NDEF applet.
func (c *Card) ndefDo(ctx context.Context, cmd iso7816.Command) ([]byte, error) {
	const op = "READ NDEF"
	r, err := c.ch.Send(ctx, op, cmd)
	if err != nil {
		return nil, err
	}
	if r.SW != iso7816.OK {
		return nil, &card.Error{Op: op, SW: r.SW, Kind: card.ErrUnexpectedSW}
	}
	return r.Data, nil
}

func badNDEF(have, want int) error {
	return &card.Error{Op: "READ NDEF", Kind: card.ErrBadResponse, Err: fmt.Errorf("%d bytes, not %d", have, want)}
}
