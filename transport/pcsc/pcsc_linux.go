package pcsc

import "time"

// On Linux the library is that of the PCSC-Lite project. Its DWORD and its handles are C longs, as wide as a pointer.
type (
	dword  = uintptr
	handle = uintptr
)

var libraryNames = []string{"libpcsclite.so.1"}

const (
	libraryHint  = "libpcsclite is not installed (Debian: apt install pcscd)"
	serviceHint  = "pcscd does not answer; systemctl start pcscd.socket"
	ansi         = "" // suffix of functions that take strings
	controlName  = "SCardControl"
	notification = `\\?PnP?\Notification`
	listPeriod   = infinite
	featureIoctl = 0x42000000 + 3400 // SCARD_CTL_CODE(3400), PC/SC part 10 §2.2
)

// keepAlive is how often a silent session shows that it lives: a transaction lasts as long as its owner.
var keepAlive = time.Duration(0)

// readerState is SCARD_READERSTATE.
type readerState struct {
	name           *byte
	_              uintptr
	current, event dword
	length         dword
	atr            [33]byte
}

func (s *readerState) ask(name *byte, current uint32) { s.name, s.current = name, dword(current) }
func (s *readerState) state() uint32                  { return uint32(s.event) }
func (s *readerState) answerToReset() []byte          { return s.atr[:min(int(s.length), len(s.atr))] }
