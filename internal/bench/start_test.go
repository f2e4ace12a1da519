//go:build linux

package bench

import (
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"tapcard.example/keycard/applet"
)

// starts is how often the program is started. Files are in the page cache then; what is cold is the process.
const starts = 30

// startFigures measures `tapcard info` on a card in a file, from start to end. Linux charges a new process with the
// memory of the one that made it, so these are measured first, while this one is small.
func startFigures(t *testing.T, tapcard string) []figure {
	home := t.TempDir()
	file := filepath.Join(home, "a.card")
	f, err := applet.CreateFile(file, applet.FileSettings{Profile: "2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	info, memory := start(t, tapcard, "--home", home, "info", "--card", file)
	nothing, floor := start(t, "/bin/true")
	return []figure{
		{"tapcard info --card FILE, cold", milliseconds(info), "ms", 20, false, milliseconds(nothing), "/bin/true"},
		{"its memory at most, resident", memory, "MB", 15, false, floor, "/bin/true"},
	}
}

// start runs a program and returns the shortest time and the least of the maximum resident sizes, in MB.
func start(t *testing.T, name string, args ...string) (time.Duration, float64) {
	var times []time.Duration
	var sizes []int64
	for range starts {
		cmd := exec.Command(name, args...)
		begin := time.Now()
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		times = append(times, time.Since(begin))
		sizes = append(sizes, int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss))
	}
	return slices.Min(times), float64(slices.Min(sizes)) / 1024 // Maxrss is in KiB on Linux
}
