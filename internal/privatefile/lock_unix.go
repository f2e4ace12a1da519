//go:build unix

package privatefile

import (
	"os"
	"syscall"
)

// lockFile takes the exclusive lock or fails at once. The lock goes with the process.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// openToOthers looks at the group's and everybody's bits.
func openToOthers(info os.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
