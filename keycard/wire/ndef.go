package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/iso7816"
)

// InsSetNDEF is SET NDEF, up to 2.3 (Keycard seed, SET NDEF). Later cards take the same bytes by STORE DATA, DataNDEF.
const InsSetNDEF = 0xF3

// SetNDEFCommand writes what a phone without any app reads from the card. file comes from NDEFFile.
func SetNDEFCommand(file []byte) iso7816.Command { return command(InsSetNDEF, 0, 0, file) }

// NDEFFile puts the two-byte length in front of an NDEF message of at most 221 bytes: the form in which the NDEF
// applet serves it (NFC Forum Type 4 Tag 2.0 §5.2) and SET NDEF up to 2.1 wants it. 2.2 and later add the length if it
// is missing.
func NDEFFile(message []byte) ([]byte, error) {
	if len(message) > MaxNDEFData-2 {
		return nil, fmt.Errorf("%w: NDEF message of %d bytes", ErrTooLong, len(message))
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...), nil
}

// ParseNDEFFile checks that the first two bytes are the length of the rest, as SET NDEF does, and returns the rest.
func ParseNDEFFile(file []byte) ([]byte, error) {
	if len(file) < 2 || int(binary.BigEndian.Uint16(file)) != len(file)-2 {
		return nil, fmt.Errorf("%w: NDEF file of %d bytes whose length does not fit", ErrFormat, len(file))
	}
	return file[2:], nil
}

// File identifiers and commands of the NDEF applet (NFC Forum Type 4 Tag 2.0 §5).
const (
	NDEFCapabilityFile = 0xE103
	NDEFDataFile       = 0xE104
	InsReadBinary      = 0xB0
)

// NDEFCapabilities is the content of the capability file, as the real card has it: mapping version 2.0, at most 255
// bytes in either direction, and a data file of 1,024 bytes that everybody may read and nobody write.
func NDEFCapabilities() []byte {
	return []byte{0x00, 0x0F, 0x20, 0x00, 0xFF, 0x00, 0x01, 0x04, 0x06, 0xE1, 0x04, 0x04, 0x00, 0x00, 0xFF}
}

// NDEFSelectFileCommand selects a file of the NDEF applet (ISO/IEC 7816-4:2020 §11.2.2, by file identifier).
func NDEFSelectFileCommand(file uint16) iso7816.Command {
	return iso7816.Command{INS: iso7816.InsSelect, P2: 0x0C, Data: binary.BigEndian.AppendUint16(nil, file)}
}

// NDEFReadCommand reads up to n bytes, 1 to 256, of the selected file from offset, 0 to 32,767 (§11.3.3).
func NDEFReadCommand(offset uint16, n int) iso7816.Command {
	return iso7816.Command{INS: InsReadBinary, P1: byte(offset >> 8), P2: byte(offset), Ne: n}
}
