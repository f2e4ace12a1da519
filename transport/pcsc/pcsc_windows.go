package pcsc

import (
	"fmt"
	"time"

	"golang.org/x/sys/windows"
)

// On Windows the library is winscard.dll. Its DWORD has 32 bits, its handles are as wide as a pointer.
type (
	dword  = uint32
	handle = uintptr
)

const (
	serviceHint  = "Windows starts it when a reader is plugged in"
	ansi         = "A" // suffix of functions that take strings
	controlName  = "SCardControl"
	notification = `\\?PnP?\Notification`
	listPeriod   = infinite
	featureIoctl = 0x31<<16 | 3400<<2 // SCARD_CTL_CODE(3400), PC/SC part 10 §2.2
)

// keepAlive is how often a silent session shows that it lives: Windows resets the card of a transaction in which nothing
// happens for 5 seconds.
var keepAlive = 2 * time.Second

// readerState is SCARD_READERSTATEA.
type readerState struct {
	name           *byte
	_              uintptr
	current, event dword
	length         dword
	atr            [36]byte
}

func (s *readerState) ask(name *byte, current uint32) { s.name, s.current = name, current }
func (s *readerState) state() uint32                  { return s.event }
func (s *readerState) answerToReset() []byte          { return s.atr[:min(int(s.length), len(s.atr))] }

// symbol is one function of the library.
type symbol struct{ *windows.LazyProc }

// call calls it. The pragma keeps what the arguments point to alive and in place until it returns.
//
//go:uintptrescapes
func (s symbol) call(args ...uintptr) Code {
	r, _, _ := s.Call(args...)
	return Code(uint32(r))
}

// openLibrary returns a way to find functions in the library of the system's folder.
func openLibrary() (func(name string) (symbol, error), error) {
	dll := windows.NewLazySystemDLL("winscard.dll")
	if err := dll.Load(); err != nil {
		return nil, fmt.Errorf("winscard.dll cannot be loaded: %w", err)
	}
	return func(name string) (symbol, error) {
		p := dll.NewProc(name)
		return symbol{p}, p.Find()
	}, nil
}
