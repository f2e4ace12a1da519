package wire

// Version is the version of the protocol: the first byte of every message.
const Version = 1

// MaxMessage is the longest message in bytes, channel included, in either direction.
const MaxMessage = 1024

// AID is the name by which SELECT finds the applet: F0 says that nobody registered it, then "tapcard", "LB", 01
// (PROTOCOL.md, Commands).
func AID() []byte { return append(append([]byte{0xF0}, "tapcardLB"...), 0x01) }
