package pcsc

import (
	"encoding/binary"
	"time"
	"unsafe"
)

// On macOS the library is a framework of the system. Its DWORD and its handles have 32 bits.
type (
	dword  = uint32
	handle = int32
)

var libraryNames = []string{"/System/Library/Frameworks/PCSC.framework/PCSC"}

const (
	libraryHint  = "the PCSC framework cannot be loaded"
	serviceHint  = "macOS starts it when a reader is plugged in"
	ansi         = ""                // suffix of functions that take strings
	controlName  = "SCardControl132" // what SCardControl has been since 10.5
	notification = ""                // macOS cannot be asked to report new readers,
	listPeriod   = 500               // so that they are looked for every 500 ms
	featureIoctl = 0x42000000 + 3400 // SCARD_CTL_CODE(3400), PC/SC part 10 §2.2
)

// keepAlive is how often a silent session shows that it lives: a transaction lasts as long as its owner.
var keepAlive = time.Duration(0)

// readerState is SCARD_READERSTATE, which is packed on macOS: name and user data of 8 bytes each, current state, event
// state and length of 4 each, and 33 bytes for the answer to reset.
type readerState [61]byte

func (s *readerState) ask(name *byte, current uint32) {
	binary.LittleEndian.PutUint64(s[0:], uint64(uintptr(unsafe.Pointer(name)))) // pinned by the caller
	binary.LittleEndian.PutUint32(s[16:], current)
}
func (s *readerState) state() uint32 { return binary.LittleEndian.Uint32(s[20:]) }
func (s *readerState) answerToReset() []byte {
	return s[28:][:min(int(binary.LittleEndian.Uint32(s[24:])), 33)]
}
