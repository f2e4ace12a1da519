package pcsc

import "unsafe"

// ConnectExclusively connects to a card as a program does that shares it with nobody, until release is called.
func ConnectExclusively(reader string) (release func(), err error) {
	lib, err := load()
	if err != nil {
		return nil, err
	}
	c, err := lib.newClient()
	if err != nil {
		return nil, err
	}
	const shareExclusive = 1
	var card handle
	var protocol dword
	code := c.connect.call(uintptr(c.context), uintptr(unsafe.Pointer(cString(reader))), shareExclusive,
		protocolT0|protocolT1, uintptr(unsafe.Pointer(&card)), uintptr(unsafe.Pointer(&protocol)))
	if code != success {
		c.close()
		return nil, code
	}
	return func() {
		_ = c.disconnect.call(uintptr(card), leaveCard)
		c.close()
	}, nil
}

// KeepAlive has silent sessions speak up every so often, as on platforms where they must.
var KeepAlive = &keepAlive
