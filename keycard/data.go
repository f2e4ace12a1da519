package keycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
)

// Area is one of a card's data areas (Keycard 2.3 and later; all but DataPublic 3.0 and later).
type Area byte

// The data areas and what they hold at most.
const (
	DataPublic Area = wire.DataPublic // 127 bytes
	DataNDEF   Area = wire.DataNDEF   // what phones read; 223 bytes, see SetNDEF
	DataCash   Area = wire.DataCash   // 127 bytes, shown by the Cash applet
)

// limit is the number of bytes an area holds, 0 for areas that the version does not have.
func (a Area) limit(v wire.Version) int {
	switch {
	case a == DataPublic:
		return wire.MaxPublicData
	case a == DataNDEF && v >= wire.V3_0:
		return wire.MaxNDEFData
	case a == DataCash && v >= wire.V3_0:
		return wire.MaxCashData
	}
	return 0
}

// GetData reads a data area. Everybody who holds the card can: no pairing, no PIN.
func (c *Card) GetData(ctx context.Context, a Area) ([]byte, error) {
	if err := supports(wire.InsGetData, c.info.Version); err != nil {
		return nil, err
	}
	if a.limit(c.info.Version) == 0 {
		return nil, failure(wire.InsGetData, card.ErrNotFound, noArea{a, c.info.Version})
	}
	return c.do(ctx, wire.GetDataCommand(byte(a)))
}

// StoreData writes a data area and needs the PIN. Too much data is card.ErrNoSpace, before anything is sent.
func (s *Session) StoreData(ctx context.Context, a Area, data []byte) error {
	v := s.card.info.Version
	if err := supports(wire.InsStoreData, v); err != nil {
		return err
	}
	switch limit := a.limit(v); {
	case limit == 0:
		return failure(wire.InsStoreData, card.ErrNotFound, noArea{a, v})
	case len(data) > limit:
		return failure(wire.InsStoreData, card.ErrNoSpace, tooMuch{len(data), limit})
	}
	_, err := s.do(ctx, wire.StoreDataCommand(byte(a), data)) // the caller's data: not to be cleared
	return err
}
