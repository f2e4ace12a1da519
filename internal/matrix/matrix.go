// Package matrix collects what tests have shown to work and writes it into the README's support matrix. A cell is
// there because a test passed, never because somebody wrote it.
//
//	func TestSign(t *testing.T) {
//		matrix.Shows(t, "Keycard, in process", "SIGN", "2.3")
//		...
//	}
//
// With TAPCARD_MATRIX set to a folder, each passing test leaves its cells in a file there; `go run
// tapcard.example/internal/matrix/write README.md` turns the folder into tables between the README's marks.
package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Env names the folder that cells are collected in; without it nothing is.
const Env = "TAPCARD_MATRIX"

// Shows has the test, if it passes, put a mark into the table of that title.
func Shows(t testing.TB, table, row, column string) {
	t.Helper()
	dir := os.Getenv(Env)
	if dir == "" {
		return
	}
	checkNames(t, table, row, column)
	t.Cleanup(func() {
		if t.Failed() || t.Skipped() {
			return
		}
		if err := record(dir, table, row, column); err != nil {
			t.Errorf("matrix: %v", err)
		}
	})
}

// Absent says that what the column stands for is optional and not on this machine: the document keeps what it says
// about it.
func Absent(t testing.TB, table, column string) {
	t.Helper()
	dir := os.Getenv(Env)
	if dir == "" {
		return
	}
	checkNames(t, table, column)
	if err := record(dir, table, "", column); err != nil {
		t.Errorf("matrix: %v", err)
	}
}

func checkNames(t testing.TB, names ...string) {
	t.Helper()
	for _, s := range names {
		if s == "" || strings.ContainsAny(s, "\t\n|") {
			t.Fatalf("matrix: %q cannot name a cell", s)
		}
	}
}

// record appends one line; lines this short reach the file whole, whichever test process writes at the same time.
func record(dir, table, row, column string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, "cells.tsv"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s\t%s\t%s\n", table, row, column)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
