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

// row is one line of testdata/seed.tsv: what the applet has to do, decided before the applet was written.
type row struct {
	id, command string
	profiles    []string
	quirks      []bool
	sw          iso7816.Status
	what        string
}

// table is testdata/seed.tsv; met counts, for each row, profile and quirk setting, the tests that provoked it.
var table = struct {
	sync.Mutex
	rows []row
	met  map[string]int
}{met: map[string]int{}}

// TestMain runs the tests and then fails when a row of the table was provoked by none of them.
func TestMain(m *testing.M) {
	rows, err := readTable("testdata/seed.tsv")
	if err != nil {
		fmt.Fprintln(os.Stderr, "testdata/seed.tsv:", err)
		os.Exit(1)
	}
	table.rows = rows
	flag.Parse()
	code := m.Run()
	if code == 0 && !filtered() {
		code = reportUnmet()
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

func reportUnmet() (code int) {
	for _, r := range table.rows {
		for _, at := range r.settings() {
			if table.met[at.String()] == 0 {
				fmt.Fprintf(os.Stderr, "no test provoked %s (%s)\n", at, r.what)
				code = 1
			}
		}
	}
	return code
}

// setting is a row in one profile, with or without quirks.
type setting struct {
	id, profile string
	quirks      bool
}

// String is a name for a subtest: "sign.9000/2.3/quirks".
func (s setting) String() string {
	if s.quirks {
		return s.id + "/" + s.profile + "/quirks"
	}
	return s.id + "/" + s.profile + "/default"
}

func (r row) settings() (all []setting) {
	for _, p := range r.profiles {
		for _, q := range r.quirks {
			all = append(all, setting{r.id, p, q})
		}
	}
	return all
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
		r, err := parseRow(line)
		if err != nil || seen[r.id] {
			return nil, fmt.Errorf("line %d: %q: %v, seen before: %v", i+1, line, err, seen[r.id])
		}
		seen[r.id] = true
		rows = append(rows, r)
	}
	return rows, nil
}

func parseRow(line string) (row, error) {
	f := strings.Split(line, "\t")
	if len(f) != 7 {
		return row{}, fmt.Errorf("%d columns", len(f))
	}
	sw, err := strconv.ParseUint(f[4], 16, 16)
	quirks := map[string][]bool{"off": {false}, "on": {true}, "any": {false, true}}[f[3]]
	if err != nil || len(f[4]) != 4 || quirks == nil {
		return row{}, fmt.Errorf("status word or quirks: %v", err)
	}
	return row{id: f[0], command: f[1], profiles: strings.Split(f[2], ","), quirks: quirks,
		sw: iso7816.Status(sw), what: f[5]}, nil
}

func lookUp(t testing.TB, id string) row {
	t.Helper()
	i := slices.IndexFunc(table.rows, func(r row) bool { return r.id == id })
	if i < 0 {
		t.Fatalf("the table has no row %s", id)
	}
	return table.rows[i]
}

// each provokes a row of the table: f runs with a fresh card in every profile and quirk setting that the row names.
// The row counts as met there when f has compared a status word with the row's and nothing failed.
func each(t *testing.T, id string, f func(k *kit), with ...option) {
	t.Helper()
	r := lookUp(t, id)
	for _, at := range r.settings() {
		t.Run(at.String(), func(t *testing.T) {
			k := newKit(t, at.profile, at.quirks, with...)
			k.row = r
			f(k)
			switch {
			case t.Failed():
			case !k.compared:
				t.Error("the test never compared a status word with the row's")
			default:
				table.Lock()
				table.met[at.String()]++
				table.Unlock()
			}
		})
	}
}
