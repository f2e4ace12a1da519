// Package testnode starts nodes of public chains for tests, each with a chain of its own, on this machine only. Where the
// program of a node is not installed, the test is skipped and says how to install it.
package testnode

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Find finds a program that a setup script leaves in the cache, or one on the PATH, and skips the test if there is
// neither. inCache is its path in the cache, in TAPCARD_CACHE or at the repository's root, two folders above the test's.
func Find(t testing.TB, inCache, name, script string) string {
	t.Helper()
	for _, cache := range []string{os.Getenv("TAPCARD_CACHE"), "../../.cache"} {
		file, err := filepath.Abs(filepath.Join(cache, inCache))
		if err != nil || cache == "" {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	file, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s here to judge transactions: %s installs it", name, script)
	}
	return file
}
