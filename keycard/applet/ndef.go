package applet

import (
	"context"
	"encoding/binary"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// NDEF is the applet that every phone can read: an NFC Forum Type 4 Tag whose content SET NDEF or, since 3.0, STORE
// DATA of the Keycard applet sets. It implements softcard.Applet.
type NDEF struct{ keycard *Applet }

// NewNDEF makes the NDEF applet that a's content feeds.
func NewNDEF(a *Applet) *NDEF { return &NDEF{a} }

// ndefSession is the file that is selected; nil for none.
type ndefSession struct{ file func(*state) []byte }

// ServeAPDU answers SELECT, of the applet and of its two files, and READ BINARY (NFC Forum Type 4 Tag 2.0 §5). The
// status words are those of the original: 6A82 for another file, 6A86 for an offset outside, 6985 without a file.
func (n *NDEF) ServeAPDU(_ context.Context, s *softcard.Session, c iso7816.Command) iso7816.Response {
	v := softcard.Volatile[ndefSession](s)
	switch {
	case isSelect(c):
		v.file = nil
		return iso7816.Response{SW: iso7816.OK}
	case c.INS == iso7816.InsSelect:
		return iso7816.Response{SW: v.selectFile(c.Data)}
	case c.INS == wire.InsReadBinary:
		return v.read(n.keycard.cell.View(), c)
	}
	return iso7816.Response{SW: iso7816.InsNotSupported}
}

func (v *ndefSession) selectFile(id []byte) iso7816.Status {
	if len(id) == 2 {
		switch binary.BigEndian.Uint16(id) {
		case wire.NDEFCapabilityFile:
			v.file = func(*state) []byte { return wire.NDEFCapabilities() }
			return iso7816.OK
		case wire.NDEFDataFile:
			v.file = (*state).ndefFile
			return iso7816.OK
		}
	}
	return iso7816.FileNotFound
}

// ndefFile is the content of the data file; a card to which nothing was written has an empty message.
func (s *state) ndefFile() []byte {
	if len(s.NDEF) == 0 {
		return []byte{0, 0}
	}
	return s.NDEF
}

// read answers at most Ne bytes from the offset in P1 and P2.
func (v *ndefSession) read(s *state, c iso7816.Command) iso7816.Response {
	if v.file == nil {
		return iso7816.Response{SW: iso7816.ConditionsNotSatisfied}
	}
	file := v.file(s)
	offset := int(c.P1)<<8 | int(c.P2)
	if offset >= len(file) {
		return iso7816.Response{SW: iso7816.WrongP1P2}
	}
	return iso7816.Response{Data: file[offset:min(len(file), offset+c.Ne)], SW: iso7816.OK}
}
