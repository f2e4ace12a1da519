package pcsc

import (
	"fmt"

	"tapcard.example/card"
)

// forT0 makes of a command APDU what the transport protocol T=0 can carry (ISO/IEC 7816-3:2006 §12.2): there is always
// a fifth byte, and a command with data says nothing about the length of its answer, which the card then announces with
// 61xx. Commands of extended length do not fit; contactless cards speak T=1 and have no such limit.
func forT0(command []byte) ([]byte, error) {
	switch n := len(command); {
	case n == 4: // case 1
		return append(command[:4:4], 0), nil
	case n == 5: // case 2
		return command, nil
	case command[4] == 0:
		return nil, fmt.Errorf("%w: it speaks T=0, which has no commands of extended length", card.ErrWrongData)
	case n == 5+int(command[4]): // case 3
		return command, nil
	case n == 6+int(command[4]): // case 4
		return command[:n-1], nil
	}
	return nil, fmt.Errorf("%w: a command of %d bytes says it has %d of data", card.ErrWrongData, len(command), command[4])
}
