package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// simulate runs "sim" with one town of everything.
func simulate(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	c := newSim()
	c.SetOut(&out)
	c.SetErr(&errOut)
	c.SetArgs(append([]string{"--towns", "1", "--attacks", "1"}, args...))
	if err := c.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v: %s", err, errOut.String())
	}
	return out.String()
}

func TestSimWritesATableAndAPageAndNothingIsPlayedTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sim")
	first := simulate(t, "--out", dir, "--cores", "2")
	table, err := os.ReadFile(filepath.Join(dir, "runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !strings.Contains(string(page), "tappay sim --seed 1 --towns 1 --attacks 1 --out DIR") {
		t.Errorf("the page does not say how to repeat it (%v)", err)
	}
	if again := simulate(t, "--out", dir, "--cores", "1"); again != first {
		t.Errorf("%s\nand then\n%s", first, again)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, "runs.csv")); !bytes.Equal(after, table) {
		t.Error("the table has changed")
	}
}

func TestSimPrintsOneJSONObject(t *testing.T) {
	var got simResult
	if err := json.Unmarshal([]byte(simulate(t, "--json")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) < 200 || got.Rows[0].World.Params.Ratio == 0 || got.Rows[0].Result.Samples == 0 {
		t.Errorf("%d rows", len(got.Rows))
	}
}

func TestSimRefusesATownlessWorld(t *testing.T) {
	c := newSim()
	c.SetArgs([]string{"--towns", "0"})
	c.SilenceErrors, c.SilenceUsage = true, true
	if c.ExecuteContext(t.Context()) == nil {
		t.Error("no error")
	}
}
