package pcsc

import (
	"fmt"
	"sync"
	"unsafe"
)

// Values of PC/SC part 5 and pcsclite.h that are the same everywhere.
const (
	scopeSystem   = 2
	shareShared   = 2
	protocolT0    = 1
	protocolT1    = 2
	leaveCard     = 0
	resetCard     = 1
	unpowerCard   = 2
	infinite      = 0xFFFFFFFF // milliseconds
	maxNames      = 1 << 16    // bytes a list of readers may take
	maxAttributes = 264        // bytes a reader may answer to a control code
)

// Bits of a reader's state. The upper 16 bits count the cards that came and went.
const (
	stateChanged   = 0x0002
	stateUnknown   = 0x0004
	statePresent   = 0x0020
	stateExclusive = 0x0080
	stateInUse     = 0x0100
	stateMute      = 0x0200
)

// library is the platform's PC/SC library.
type library struct {
	establish, release, list, change, cancel, connect, reconnect symbol
	disconnect, begin, end, transmit, status, control            symbol
}

// load opens the library, once per process.
var load = sync.OnceValues(func() (*library, error) {
	find, err := openLibrary()
	if err != nil {
		return nil, err
	}
	l := &library{}
	for name, s := range map[string]*symbol{
		"SCardEstablishContext":       &l.establish,
		"SCardReleaseContext":         &l.release,
		"SCardListReaders" + ansi:     &l.list,
		"SCardGetStatusChange" + ansi: &l.change,
		"SCardCancel":                 &l.cancel,
		"SCardConnect" + ansi:         &l.connect,
		"SCardReconnect":              &l.reconnect,
		"SCardDisconnect":             &l.disconnect,
		"SCardBeginTransaction":       &l.begin,
		"SCardEndTransaction":         &l.end,
		"SCardTransmit":               &l.transmit,
		"SCardStatus" + ansi:          &l.status,
		controlName:                   &l.control,
	} {
		if *s, err = find(name); err != nil {
			return nil, fmt.Errorf("the PC/SC library has no %s: %w", name, err)
		}
	}
	return l, nil
})

// client is one context, in the library's sense: a connection to the service. Calls in one client wait for each other,
// a blocked one included, so that whoever may block has a client of its own.
type client struct {
	*library
	context handle
}

func (l *library) newClient() (*client, error) {
	c := &client{library: l}
	if code := l.establish.call(scopeSystem, 0, 0, uintptr(unsafe.Pointer(&c.context))); code != success {
		return nil, code
	}
	return c, nil
}

// close releases the client and everything in it. There is nothing to do about a failure.
func (c *client) close() { _ = c.release.call(uintptr(c.context)) }

// names lists the readers; none is no error.
func (c *client) names() ([]string, error) {
	for {
		var length dword
		code := c.list.call(uintptr(c.context), 0, 0, uintptr(unsafe.Pointer(&length)))
		if code == codeNoReaders || code == success && length == 0 {
			return nil, nil
		}
		if code != success {
			return nil, code
		}
		buffer := make([]byte, min(length, maxNames))
		length = dword(len(buffer))
		code = c.list.call(uintptr(c.context), 0, uintptr(unsafe.Pointer(&buffer[0])), uintptr(unsafe.Pointer(&length)))
		switch code {
		case success:
			return splitNames(buffer[:min(int(length), len(buffer))]), nil
		case codeNoReaders:
			return nil, nil
		case codeInsufficientBuffer: // a reader came in between
			if len(buffer) == maxNames {
				return nil, code
			}
		default:
			return nil, code
		}
	}
}

// splitNames takes strings apart that each end in a zero byte; an empty one ends the list.
func splitNames(b []byte) []string {
	var names []string
	for start, i := 0, 0; i < len(b); i++ {
		if b[i] != 0 {
			continue
		}
		if i == start {
			break
		}
		names = append(names, string(b[start:i]))
		start = i + 1
	}
	return names
}

// cString is s with a zero byte behind it.
func cString(s string) *byte { return &append([]byte(s), 0)[0] }
