package softcard

import (
	"bytes"
	"context"

	"tapcard.example/iso7816"
)

// Mux is the directory of a card: it routes SELECT by AID (ISO/IEC 7816-4:2020 §11.2.2, P1 04) to an applet and every
// other command to the applet selected last. A SELECT that names no applet leaves the present one selected.
type Mux struct {
	entries  []entry
	selected int // index into entries, -1 for none
}

type entry struct {
	aid    []byte
	applet Applet
}

// NewMux makes an empty directory.
func NewMux() *Mux { return &Mux{selected: -1} }

// Handle registers an applet under an instance AID of 5 to 16 bytes (ISO/IEC 7816-4:2020 §12.2.3). No applet is
// selected until a SELECT names it.
func (m *Mux) Handle(aid []byte, a Applet) {
	if len(aid) < 5 || len(aid) > 16 {
		panic("softcard: an AID has 5 to 16 bytes")
	}
	m.entries = append(m.entries, entry{bytes.Clone(aid), a})
}

// reset forgets the selection.
func (m *Mux) reset() { m.selected = -1 }

// serve routes one command.
func (m *Mux) serve(ctx context.Context, s *Session, c iso7816.Command) iso7816.Response {
	if c.CLA&^0x13 == 0 && c.INS == iso7816.InsSelect && c.P1 == 0x04 {
		next := m.find(c.Data)
		if next < 0 {
			return iso7816.Response{SW: iso7816.FileNotFound}
		}
		s.clear()
		m.selected = next
		return m.entries[next].applet.ServeAPDU(ctx, s, c)
	}
	if m.selected < 0 {
		return iso7816.Response{SW: iso7816.InsNotSupported}
	}
	return m.entries[m.selected].applet.ServeAPDU(ctx, s, c)
}

// find looks an AID up: an exact match first, then the first whose AID begins with it (selection by partial name).
func (m *Mux) find(aid []byte) int {
	for i, e := range m.entries {
		if bytes.Equal(e.aid, aid) {
			return i
		}
	}
	for i, e := range m.entries {
		if bytes.HasPrefix(e.aid, aid) {
			return i
		}
	}
	return -1
}
