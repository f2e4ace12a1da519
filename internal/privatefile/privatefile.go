// Package privatefile keeps small files that belong to one user: mode 0600 in a folder of mode 0700, replaced
// atomically, and changed under a lock that other processes respect.
//
// What such a file says decides what a card signs, so a file that somebody else could have written is not believed,
// and one that cannot be read is an error and never "nothing known yet".
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ErrBusy means that another process held the lock for longer than lockWait.
var ErrBusy = errors.New("another process is changing the file")

// ErrOpenToOthers means that the file's mode lets other users read or write it.
var ErrOpenToOthers = errors.New("other users may read or write the file")

const (
	lockWait  = 5 * time.Second
	lockRetry = 10 * time.Millisecond
)

// Read returns the content of path, at most max bytes. A missing file is fs.ErrNotExist.
func Read(path string, max int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if openToOthers(info) {
		return nil, fmt.Errorf("%s: %w (chmod 600 after checking its content)", path, ErrOpenToOthers)
	}
	b, err := io.ReadAll(io.LimitReader(f, int64(max)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > max {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, max)
	}
	return b, nil
}

// Update changes path under its lock (PATH.lock): change gets the present content, nil when there is none, and returns
// the new one. When change fails the file stays as it was. The folder is made when it is missing.
func Update(path string, max int, change func(old []byte) ([]byte, error)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock, err := acquire(path + ".lock")
	if err != nil {
		return err
	}
	defer lock.Close()
	old, err := Read(path, max)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	b, err := change(old)
	if err != nil {
		return err
	}
	return Replace(path, b)
}

// acquire waits for the lock, but not for ever: a process that hangs must not hang all the others.
func acquire(path string) (*os.File, error) {
	for end := time.Now().Add(lockWait); ; time.Sleep(lockRetry) {
		f, err := TryLock(path)
		if !errors.Is(err, ErrBusy) || time.Now().After(end) {
			return f, err
		}
	}
}

// TryLock takes the exclusive lock that the file at path stands for, which is made if it is missing, or fails with
// ErrBusy at once. Closing the file gives the lock back, and so does the end of the process, however it ends.
func TryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrBusy), f.Close())
	}
	return f, nil
}

// Locked says whether a process holds the lock that the file at path stands for; one that is not there is held by nobody.
func Locked(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lockFile(f) != nil
}

// Replace writes beside path, syncs and renames: after a crash path is the old file or the new one.
func Replace(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncDir(filepath.Dir(path))
}
