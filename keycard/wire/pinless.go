package wire

import "tapcard.example/iso7816"

// InsSetPinless is SET PINLESS PATH (Keycard seed, SET PINLESS PATH).
const InsSetPinless = 0xC1

// SetPinlessCommand names the one path whose key signs without the PIN; an empty path means none. Its data is for
// ParsePath.
func SetPinlessCommand(path []uint32) iso7816.Command {
	return command(InsSetPinless, 0, 0, AppendPath(nil, path))
}
