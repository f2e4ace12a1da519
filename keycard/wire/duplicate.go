package wire

import (
	"fmt"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// InsDuplicate is DUPLICATE KEY: a master key goes from card to card, encrypted under a key that several clients make
// together (Keycard seed, DUPLICATE KEY). Releases up to 2.2 have it but cannot import what they export; 2.3 can.
const InsDuplicate = 0xD5

// P1 of DUPLICATE KEY.
const (
	DuplicateStart   = 0x00 // P2 is the number of pieces of entropy, this command's included
	DuplicateEntropy = 0x01 // one-shot, and no PIN: SELECT first, or it breaks an open channel
	DuplicateExport  = 0x02
	DuplicateImport  = 0x03
)

const (
	// EntropySize is the length of a piece of entropy, in bytes.
	EntropySize = 32
	// MaxEntropyPieces is the largest number of pieces: the card counts in a signed byte.
	MaxEntropyPieces = 127
)

// DuplicateSecurity is what a subcommand needs, by its P1.
func DuplicateSecurity(p1 byte) Security {
	if p1 == DuplicateEntropy {
		return SecurityNone
	}
	return SecurityPIN
}

// DuplicateStartCommand begins a session on a card, ending any other: the first piece of entropy, 32 bytes, of pieces
// altogether, 1 to 127. All cards must get the same.
func DuplicateStartCommand(pieces byte, entropy secret.Bytes) iso7816.Command {
	c := withSecret(InsDuplicate, DuplicateStart, entropy)
	c.P2 = pieces
	return c
}

// DuplicateEntropyCommand adds a piece; sealed comes from SealOneShot over 32 bytes.
func DuplicateEntropyCommand(sealed []byte) iso7816.Command {
	return command(InsDuplicate, DuplicateEntropy, 0, sealed)
}

// DuplicateExportCommand asks the source card for its key; the answer is the blob for DuplicateImportCommand.
func DuplicateExportCommand() iso7816.Command { return query(InsDuplicate, DuplicateExport, 0, nil) }

// DuplicateImportCommand gives the blob to a target card. Its answer, the key UID, is the only proof of success.
func DuplicateImportCommand(blob []byte) iso7816.Command {
	return query(InsDuplicate, DuplicateImport, 0, blob)
}

// ParseEntropy is the card's side of START and, after OpenOneShot, of ADD ENTROPY: 32 bytes.
func ParseEntropy(b []byte) ([EntropySize]byte, error) { return parse32("entropy", b) }

// MixEntropy adds a piece to a duplication key: plain exclusive or. So a piece that is added twice cancels itself.
func MixEntropy(key *[EntropySize]byte, piece [EntropySize]byte) {
	for i := range key {
		key[i] ^= piece[i]
	}
}

// oddBlobSize is the length of the blobs of releases up to 2.2 for an extended key: leftovers of the card's buffer
// follow the template. For a plain key pair it is 128.
const (
	blobSize      = 96
	plainBlobSize = 64
	oddBlobSize   = 160
	oddPlainSize  = 128
)

// CheckDuplicate says whether a blob has a length that some version makes: 64 or 96 bytes, 128 or 160 up to 2.2.
func CheckDuplicate(blob []byte) error {
	switch len(blob) {
	case plainBlobSize, blobSize, oddPlainSize, oddBlobSize:
		return nil
	}
	return fmt.Errorf("%w: duplicate of %d bytes", ErrFormat, len(blob))
}
