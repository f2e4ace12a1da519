package applet_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tapcard.example/iso7816"
)

// row is one line of testdata/conditions.tsv: what the applet has to do, decided before the applet was written.
type row struct {
	id, command string
	sw          iso7816.Status
	what        string
}

// table is the file; met counts, for each row, the tests that provoked it.
var table = struct {
	sync.Mutex
	rows []row
	met  map[string]int
}{met: map[string]int{}}

// TestMain runs the tests and then fails when a row of the table was provoked by none of them.
func TestMain(m *testing.M) {
	rows, err := readTable("testdata/conditions.tsv")
	if err != nil {
		fmt.Fprintln(os.Stderr, "testdata/conditions.tsv:", err)
		os.Exit(1)
	}
	table.rows = rows
	flag.Parse()
	code := m.Run()
	if code == 0 && !filtered() {
		for _, r := range table.rows {
			if table.met[r.id] == 0 {
				fmt.Fprintf(os.Stderr, "no test provoked %s (%s)\n", r.id, r.what)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// filtered says whether this run was told to leave tests out, so that rows are unmet for that reason.
func filtered() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			fmt.Printf("the table was not checked for unmet rows: -%s is set\n", name)
			return true
		}
	}
	f := flag.Lookup("test.fuzzworker")
	return f != nil && f.Value.String() == "true"
}

func readTable(path string) (rows []row, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 || seen[f[0]] {
			return nil, fmt.Errorf("line %d: %q", i+1, line)
		}
		sw, err := strconv.ParseUint(f[2], 16, 16)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		seen[f[0]] = true
		rows = append(rows, row{f[0], f[1], iso7816.Status(sw), f[3]})
	}
	return rows, nil
}

// each provokes a row of the table: f runs with a card fresh from the factory. The row counts as met when f has
// compared a status word with the row's and nothing failed.
func each(t *testing.T, id string, f func(k *kit)) {
	t.Helper()
	i := slices.IndexFunc(table.rows, func(r row) bool { return r.id == id })
	if i < 0 {
		t.Fatalf("the table has no row %s", id)
	}
	t.Run(id, func(t *testing.T) {
		k := newKit(t)
		k.row = table.rows[i]
		f(k)
		switch {
		case t.Failed():
		case !k.compared:
			t.Error("the test never compared a status word with the row's")
		default:
			table.Lock()
			table.met[id]++
			table.Unlock()
		}
	})
}
