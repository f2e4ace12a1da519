// Package iso7816 is the language of smart cards: command APDUs, response APDUs and status words, as ISO/IEC 7816-4
// defines them. It moves no bytes; package card sends commands to a card and package softcard answers them.
//
// A command is a four-byte header (class, instruction, two parameters), up to 65,535 bytes of data, and the number of
// bytes expected back. A response is up to 65,536 bytes of data and a two-byte status word:
//
//	c := iso7816.Command{CLA: 0x00, INS: 0xA4, P1: 0x04, Data: aid, Ne: 256} // SELECT by name
//	raw, err := c.Bytes()
package iso7816

// Sizes of ISO/IEC 7816-4:2020 §5.2: the data field and the expected response of short and extended length.
const (
	MaxShortData     = 255
	MaxShortNe       = 256
	MaxExtendedData  = 65535
	MaxExtendedNe    = 65536
	chainingBit      = 0x10 // CLA bit 5: the command is not the last of a chain (§5.4.1)
	headerLength     = 4
	maxEncodedLength = headerLength + 3 + MaxExtendedData + 2
)

// INS values that every applet meets (ISO/IEC 7816-4:2020 §11).
const (
	InsSelect      = 0xA4
	InsGetResponse = 0xC0
)
