package wire

import "tapcard.example/iso7816"

// The commands around a card's data areas (Keycard 2.3 and later).
const (
	InsGetData   = 0xCA // GET DATA
	InsStoreData = 0xE2 // STORE DATA
)

// Data areas, P1 of both commands.
const (
	DataPublic = 0x00 // at most 127 bytes
	DataNDEF   = 0x01 // since 3.0; what the NDEF applet shows, see NDEFFile
	DataCash   = 0x02 // since 3.0; at most 127 bytes, shown by the Cash applet
)

// Sizes of data areas in bytes.
const (
	MaxPublicData = 127
	MaxCashData   = 127
	// MaxNDEFData is what STORE DATA takes in one command before 3.2. Through a secure channel GET DATA can give back
	// 221 bytes at most; longer data, once stored, is answered with 6F00.
	MaxNDEFData = MaxWrappedCommand
)

// GetDataCommand reads a data area; it needs no secure channel, but must be wrapped while one is open.
func GetDataCommand(area byte) iso7816.Command { return query(InsGetData, area, 0, nil) }

// StoreDataCommand writes a data area, at most 127 bytes (223 for DataNDEF).
func StoreDataCommand(area byte, data []byte) iso7816.Command {
	return command(InsStoreData, area, 0, data)
}
