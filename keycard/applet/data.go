package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// area is where a data area is kept, and how many bytes fit; nil for one that the version does not have.
func (p Profile) area(s *state, number byte) (data *[]byte, size int) {
	switch {
	case number >= p.DataAreas:
		return nil, 0
	case number == wire.DataPublic:
		return &s.Public, wire.MaxPublicData
	case number == wire.DataNDEF:
		return &s.NDEF, wire.MaxNDEFData
	}
	return &s.Cash, wire.MaxCashData
}

// storeData writes a data area (Keycard 2.3, STORE DATA). What is meant for NDEF readers is stored as it comes, with
// its length in front.
func (c *call) storeData() ([]byte, iso7816.Status) {
	area := c.cmd.P1
	where, size := c.a.profile.area(c.state(), area)
	if where == nil {
		return nil, iso7816.WrongP1P2
	}
	if len(c.cmd.Data) > size {
		return nil, iso7816.WrongData
	}
	data := bytes.Clone(c.cmd.Data)
	return nil, c.commit("store data", func(s *state) {
		where, _ := c.a.profile.area(s, area)
		*where = data
	})
}

// getData reads a data area, for everybody (Keycard 2.3, GET DATA).
func (c *call) getData() ([]byte, iso7816.Status) {
	where, _ := c.a.profile.area(c.state(), c.cmd.P1)
	if where == nil {
		return nil, iso7816.WrongP1P2
	}
	return *where, iso7816.OK
}
