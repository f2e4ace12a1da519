package privatefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"tapcard.example/internal/privatefile"
)

func TestAFileAndItsFolderBelongToTheUserAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "keys.json")
	if err := privatefile.Update(path, 100, func([]byte) ([]byte, error) { return []byte("x"), nil }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestAFileThatOthersMayWriteIsNotBelieved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("planted"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := privatefile.Read(path, 100); !errors.Is(err, privatefile.ErrOpenToOthers) {
		t.Errorf("Read: %v", err)
	}
}

func TestAFailedChangeAndATooLargeFileLeaveTheFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if err := privatefile.Update(path, 10, func([]byte) ([]byte, error) { return nil, no }); !errors.Is(err, no) {
		t.Errorf("Update: %v", err)
	}
	if err := privatefile.Update(path, 9, func([]byte) ([]byte, error) { return nil, nil }); err == nil {
		t.Error("a file above the bound was read")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "0123456789" {
		t.Errorf("the file is now %q, %v", b, err)
	}
}

func TestALockIsHeldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.lock")
	if privatefile.Locked(path) {
		t.Error("a lock that is not there is held")
	}
	lock, err := privatefile.TryLock(path)
	if err != nil || !privatefile.Locked(path) {
		t.Fatal(err)
	}
	if _, err := privatefile.TryLock(path); !errors.Is(err, privatefile.ErrBusy) {
		t.Errorf("held twice: %v", err)
	}
	if err := lock.Close(); err != nil || privatefile.Locked(path) {
		t.Errorf("still held: %v", err)
	}
}

func TestUpdatesAtTheSameTimeLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "counter")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := privatefile.Update(path, 100, func(old []byte) ([]byte, error) {
				n, _ := strconv.Atoi(string(old)) // 0 when there is no file yet
				return []byte(strconv.Itoa(n + 1)), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b, err := os.ReadFile(path); err != nil || string(b) != "20" {
		t.Errorf("20 updates counted to %q, %v", b, err)
	}
}
