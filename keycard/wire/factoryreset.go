package wire

import "tapcard.example/iso7816"

// InsFactoryReset is FACTORY RESET (Keycard 3.1). It needs no PIN, no pairing and no secure channel: whoever holds the
// card can empty it. The magic in P1 and P2 only guards against accidents.
const InsFactoryReset = 0xFD

// The magic of FACTORY RESET.
const (
	ResetP1 = 0xAA
	ResetP2 = 0x55
)

// FactoryResetCommand erases everything; the card is as before INIT and has a new instance UID. It goes out bare even
// while a secure channel is open.
func FactoryResetCommand() iso7816.Command { return command(InsFactoryReset, ResetP1, ResetP2, nil) }
