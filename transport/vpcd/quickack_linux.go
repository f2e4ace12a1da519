package vpcd

import (
	"io"
	"syscall"
)

// quickAcker returns a function that has the kernel acknowledge at once what arrives next. Where rw is no socket it
// does nothing.
func quickAcker(rw io.ReadWriter) func() {
	socket, ok := rw.(syscall.Conn)
	if !ok {
		return func() {}
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return func() {}
	}
	set := func(fd uintptr) {
		// A failure costs time and nothing else.
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	}
	return func() { _ = raw.Control(set) }
}
