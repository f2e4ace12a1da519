package wire

// Application identifiers (Keycard, all releases; the NDEF one is the NFC Forum's for a Type 4 tag). All of them
// select an instance; an instance of the Keycard applet is the applet's own AID followed by one byte, 01 unless
// several are installed.

// KeycardAID is the AID of a Keycard instance; the usual one is instance 1.
func KeycardAID(instance byte) []byte {
	return []byte{0xA0, 0x00, 0x00, 0x08, 0x04, 0x00, 0x01, 0x01, instance}
}

// NDEFAID is the AID of the NDEF applet, which a phone reads without any app (NFC Forum Type 4 Tag).
func NDEFAID() []byte { return []byte{0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01} }

// CashAID is the AID of the Cash applet (Keycard 2.3 and later).
func CashAID() []byte { return []byte{0xA0, 0x00, 0x00, 0x08, 0x04, 0x00, 0x01, 0x03, 0x01} }

// IdentAID is the AID of the Ident applet, which takes the factory certificate (Keycard 3.1 and later).
func IdentAID() []byte { return []byte{0xA0, 0x00, 0x00, 0x08, 0x04, 0x00, 0x01, 0x04, 0x01} }

// OldAID is the AID of version 1.2, the ASCII letters of its project's name. It is here to be recognised, not spoken
// to.
func OldAID() []byte { return []byte("StatusWalletApp") }
