package house_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's root.
const root = "../.."

// shown finds "folder: testA, testB" in a cell of the table of mitigations.
var shown = regexp.MustCompile(`([a-z/]+): ((?:[tT]est[A-Za-z0-9]+(?:, )?)+)`)

func TestTheTableOfMitigationsNamesTestsThatExist(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(root, "pay/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, line := range strings.Split(string(table), "\n") {
		for _, cell := range shown.FindAllStringSubmatch(line, -1) {
			folder := map[string]string{"contracts": "pay/contracts/test"}[cell[1]]
			if folder == "" {
				folder = cell[1]
			}
			for _, test := range strings.Split(strings.TrimSuffix(cell[2], ", "), ", ") {
				named++
				if err := exec.Command("grep", "-rqwE", `func(tion)? `+test, filepath.Join(root, folder)).Run(); err != nil {
					t.Errorf("%s has no %s", folder, test)
				}
			}
		}
	}
	if named < 50 {
		t.Fatalf("only %d tests found in the table", named)
	}
}
