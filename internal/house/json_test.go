package house_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// foreignJSON are the files that speak a format that others have chosen.
var foreignJSON = []string{"cmd/tapcard/demo_node.go", "chain/btc/node/rpc_chain.go", "chain/btc/node/rpc_unspent.go",
	"internal/testnode/geth.go"}

// Scripts read what --json prints and people read the files on disk: one style of names for all.
func TestJSONNamesAreSnakeCase(t *testing.T) {
	tag := regexp.MustCompile(`json:"([^",]*)`)
	snake := regexp.MustCompile(`^(-|[a-z][a-z0-9]*(_[a-z0-9]+)*)?$`)
	root := filepath.Join("..", "..")
	found := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && path != "." && (strings.HasPrefix(d.Name(), ".") || path == "interop") {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			slices.Contains(foreignJSON, path) {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		for _, m := range tag.FindAllSubmatch(text, -1) {
			if found++; !snake.Match(m[1]) {
				t.Errorf("%s: %s", path, m[1])
			}
		}
		return err
	})
	if err != nil || found < 50 {
		t.Errorf("%d names, %v", found, err)
	}
}
