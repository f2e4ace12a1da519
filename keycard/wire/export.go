package wire

import (
	"slices"

	"tapcard.example/iso7816"
)

// InsExport is EXPORT KEY (Keycard seed, EXPORT KEY). P1 is a mode, UseCurrent, Derive or DeriveAndMakeCurrent, and a
// source; the answer is for ParseKeyTemplate.
const InsExport = 0xC2

// P2 of EXPORT KEY.
const (
	ExportPrivate  = 0x00 // the card may leave out the public key
	ExportPublic   = 0x01
	ExportExtended = 0x02 // public key and chain code, since 3.1
)

// ExportCurrentCommand exports the current key; what is ExportPrivate, ExportPublic or ExportExtended.
func ExportCurrentCommand(what byte) iso7816.Command { return query(InsExport, UseCurrent, what, nil) }

// ExportCommand exports the key at path from source. In 2.x an empty path has a bug, so ExportCurrentCommand it is.
func ExportCommand(source Source, path []uint32, what byte, makeCurrent bool) iso7816.Command {
	mode := byte(Derive)
	if makeCurrent {
		mode = DeriveAndMakeCurrent
	}
	return query(InsExport, mode|byte(source), what, AppendPath(nil, path))
}

// MinExportDepth is how deep a private key must be for export, counted from the master key (Keycard; the seed is
// silent about it).
const MinExportDepth = 5

// PrivateExportable says whether a card gives out the private key at path: it must lie in the subtree of EIP-1581,
// m/43'/60'/1581', at least five levels deep.
func PrivateExportable(path []uint32) bool { return len(path) >= MinExportDepth && InEIP1581(path) }

// InEIP1581 says whether path is m/43'/60'/1581' or below.
func InEIP1581(path []uint32) bool {
	prefix := []uint32{43 | hardened, 60 | hardened, 1581 | hardened}
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}
