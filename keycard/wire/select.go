package wire

import "tapcard.example/iso7816"

// SelectCommand selects an applet by AID (ISO/IEC 7816-4:2020 §11.2.2). The Keycard applet's answer is for
// [ParseApplicationInfo]. SELECT closes the secure channel and forgets the PIN; the current key path stays.
func SelectCommand(aid []byte) iso7816.Command {
	return iso7816.Command{INS: iso7816.InsSelect, P1: 0x04, Data: aid, Ne: iso7816.MaxShortNe}
}

// cla is the class of all Keycard commands but SELECT. The applet does not look at it.
const cla = 0x80

// command builds a Keycard command that expects no data back. Inside the secure channel WrapCommand asks for an answer
// in any case.
func command(ins, p1, p2 byte, data []byte) iso7816.Command {
	return iso7816.Command{CLA: cla, INS: ins, P1: p1, P2: p2, Data: data}
}

// query builds a Keycard command that expects data back.
func query(ins, p1, p2 byte, data []byte) iso7816.Command {
	return iso7816.Command{CLA: cla, INS: ins, P1: p1, P2: p2, Data: data, Ne: iso7816.MaxShortNe}
}
