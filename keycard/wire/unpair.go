package wire

import "tapcard.example/iso7816"

// InsUnpair is UNPAIR: it frees a pairing slot, also the client's own (Keycard seed, UNPAIR).
const InsUnpair = 0x13

// UnpairCommand frees slot. A free slot stays free without an error.
func UnpairCommand(slot byte) iso7816.Command { return command(InsUnpair, slot, 0, nil) }
