package pcsc

import (
	"testing"
	"unsafe"
)

func TestReaderStateHasTheLayoutOfPcscliteH(t *testing.T) {
	var s readerState
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the numbers are those of machines with 64 bits")
	}
	if got := []uintptr{unsafe.Offsetof(s.current), unsafe.Offsetof(s.event), unsafe.Offsetof(s.length),
		unsafe.Offsetof(s.atr), unsafe.Sizeof(s)}; [5]uintptr(got) != [5]uintptr{16, 24, 32, 40, 80} {
		t.Errorf("offsets and size %v", got)
	}
}
