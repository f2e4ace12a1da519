package privatefile

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the exclusive lock or fails at once. The lock goes with the process.
func lockFile(f *os.File) error {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, new(windows.Overlapped))
}

// syncDir does nothing: Windows has no way to sync a folder, a rename there is journalled by the file system.
func syncDir(string) error { return nil }

// openToOthers cannot tell: Windows keeps rights in access lists, and a file inherits those of its folder.
func openToOthers(os.FileInfo) bool { return false }
