package applet_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
)

// row is a line of testdata/conditions.tsv.
type row struct {
	id, products, profiles, answer, what string
	code                                 int // of answer, 0 for success or a status word
}

func readTable(tb testing.TB) []row {
	tb.Helper()
	raw, err := os.ReadFile("testdata/conditions.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 6 {
			tb.Fatalf("%d columns in %q", len(f), line)
		}
		r := row{id: f[0], products: f[1], profiles: f[2], answer: f[3], what: f[4]}
		if len(r.answer) == 3 {
			if r.code, err = strconv.Atoi(r.answer); err != nil {
				tb.Fatal(line)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// applies says whether the row is about this product with this firmware.
func (r row) applies(product wire.Product, p applet.Profile) bool {
	letter := map[wire.Product]string{wire.Satscard: "S", wire.Tapsigner: "T", wire.Satschip: "C"}[product]
	named := r.profiles == "all" || slices.Contains(strings.Split(r.profiles, ","), p.Name)
	return strings.Contains(r.products, letter) && named && p.Has(product)
}

// provocations has a test for every row.
func provocations(tb testing.TB) map[string]func(*kit) {
	tb.Helper()
	all := map[string]func(*kit){}
	for _, part := range []map[string]func(*kit){
		envelopeRows, cvcRows, nonceRows, keyRows, deriveRows, newRows, nfcRows, signRows, slotRows, signerRows, contraRows,
	} {
		for id, f := range part {
			if all[id] != nil {
				tb.Errorf("two tests for %s", id)
			}
			all[id] = f
		}
	}
	return all
}

func TestEveryConditionOfTheTable(t *testing.T) {
	tests := provocations(t)
	met := map[string]bool{}
	for _, r := range readTable(t) {
		f := tests[r.id]
		if f == nil {
			t.Errorf("no test for %s", r.id)
			continue
		}
		for _, product := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
			for _, p := range applet.Profiles() {
				if !r.applies(product, p) {
					continue
				}
				t.Run(r.id+"/"+product.String()+"/"+p.Name, func(t *testing.T) {
					k := newKit(t, product, p)
					k.row = r
					if f(k); !k.compared && !t.Failed() {
						t.Error("the test did not compare with the table")
					}
				})
				met[r.id] = true
			}
		}
		if !met[r.id] {
			t.Errorf("%s is about no product and firmware", r.id)
		}
		delete(tests, r.id)
	}
	for _, id := range slices.Sorted(maps.Keys(tests)) {
		t.Errorf("a test for %s, which is not in the table", id)
	}
}

// memory is what the card keeps without power.
type memory struct {
	Attempts, Delay, Current, Backups int
	CVC                               []byte
	Path                              []uint32
	Tampered                          bool
	Slots                             []struct {
		State   wire.SlotState
		Private []byte
		Master  []byte
	}
	raw []byte
}

func (k *kit) memory() memory {
	k.Helper()
	raw, err := k.store.Snapshot()
	if err != nil {
		k.Fatal(err)
	}
	var cells struct{ Cktap memory }
	if err := json.Unmarshal(raw, &cells); err != nil {
		k.Fatal(err)
	}
	cells.Cktap.raw = raw
	return cells.Cktap
}

func (m memory) same(n memory) bool { return bytes.Equal(m.raw, n.raw) }
