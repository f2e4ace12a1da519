package matrix_test

import (
	"strings"
	"testing"

	"tapcard.example/internal/matrix"
)

func TestOnlyPassedTestsMarkTheMatrix(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(matrix.Env, dir)
	t.Run("passes", func(t *testing.T) {
		matrix.Shows(t, "T", "b", "2")
		matrix.Shows(t, "T", "a", "1")
		matrix.Shows(t, "T", "a", "1")
	})
	t.Run("skips", func(t *testing.T) {
		matrix.Shows(t, "T", "c", "3")
		t.Skip("to see that a skipped test marks nothing")
	})
	cells, err := matrix.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	const document = "before\n<!-- support matrix: written by tests, do not edit -->\nold\n<!-- end of support matrix -->\nafter"
	got, err := matrix.Insert(document, cells)
	if err != nil {
		t.Fatal(err)
	}
	want := "\n| T | 1 | 2 |\n|---|:-:|:-:|\n| a | ✓ |   |\n| b |   | ✓ |\n"
	if !strings.Contains(got, want) || strings.Contains(got, "old") || !strings.HasSuffix(got, "after") {
		t.Errorf("got %s", got)
	}
	if again, err := matrix.Insert(got, cells); err != nil || again != got {
		t.Error("writing it twice changes it")
	}
	if _, err := matrix.Insert("no marks", cells); err == nil {
		t.Error("a document without marks is accepted")
	}
}

func TestAnAbsentColumnKeepsItsMarks(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(matrix.Env, dir)
	const marks = "<!-- support matrix: written by tests, do not edit -->\n<!-- end of support matrix -->"
	document, err := matrix.Insert(marks, [][3]string{{"T", "a", "optional"}, {"T", "b", "usual"}, {"U", "a", "optional"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("usual", func(t *testing.T) { matrix.Shows(t, "T", "b", "usual") })
	t.Run("optional", func(t *testing.T) {
		matrix.Absent(t, "T", "optional")
		t.Skip("to see that what is absent keeps its marks")
	})
	cells, err := matrix.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := matrix.Insert(document, cells)
	if err != nil {
		t.Fatal(err)
	}
	const want = "| T | optional | usual |\n|---|:-:|:-:|\n| a | ✓ |   |\n| b |   | ✓ |\n"
	if !strings.Contains(got, want) || strings.Contains(got, "| U |") {
		t.Errorf("got %s", got)
	}
}
