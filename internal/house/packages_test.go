package house_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Who opens a package's documentation finds what it is for and a first thing to try.
func TestEveryPublicPackageIsExplainedAndHasAnExample(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,Name,Doc,TestGoFiles,XTestGoFiles", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^func Example`)
	checked := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); checked++ {
		var p struct {
			Dir, ImportPath, Name, Doc string
			TestGoFiles, XTestGoFiles  []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		found := p.Name == "main" || strings.Contains(p.ImportPath, "/internal/")
		for _, name := range append(p.TestGoFiles, p.XTestGoFiles...) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			found = found || example.Match(text)
		}
		if !found {
			t.Errorf("%s has no example", p.ImportPath)
		}
	}
	if checked < 15 {
		t.Errorf("only %d packages checked", checked)
	}
}
