package sim

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/pay/score"
)

var update = flag.Bool("update", false, "write the golden table")

// tiny is a sweep of three rows.
func tiny() []Case {
	a := Attacked(score.Defaults(), Attack{Kind: Overcharge, Budget: 2, Fraction: 0.3, Factor: 5}, 9, 1)
	b := Attacked(score.Defaults().Plain(), Attack{Kind: Sybil, Budget: 4, CardCost: 3}, 9, 1)
	return []Case{{"tiny", "", HonestName, Honest(score.Defaults(), 9, 1)}, {"tiny", "", "overcharge", a}, {"tiny", "", "sybil", b}}
}

func sweepInto(t *testing.T, name string) (played int) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, have, err := OpenTable(f)
	if err != nil {
		t.Fatal(err)
	}
	err = Sweep(context.Background(), tiny(), 2, have, func(r Row, fresh bool) error {
		if !fresh {
			return nil
		}
		played++
		return table.Add(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return played
}

func TestATinySweepGivesTheGoldenTable(t *testing.T) {
	name, golden := filepath.Join(t.TempDir(), "runs.csv"), filepath.Join("testdata", "tiny.csv")
	sweepInto(t, name)
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nand not\n%s", got, want)
	}
}

func TestASweepGoesOnWhereItWasStopped(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.csv")
	if n := sweepInto(t, name); n != 3 {
		t.Fatalf("%d played", n)
	}
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := sweepInto(t, name); n != 0 {
		t.Errorf("%d played again", n)
	}
	if err := os.WriteFile(name, whole[:len(whole)-30], 0o600); err != nil { // in the middle of the last line
		t.Fatal(err)
	}
	if n := sweepInto(t, name); n != 1 {
		t.Errorf("%d played after the last line was cut off", n)
	}
	if again, _ := os.ReadFile(name); !bytes.Equal(again, whole) {
		t.Error("another table")
	}
}

func TestATableOfSomethingElseIsNotOverwritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs.csv")
	if err := os.WriteFile(name, []byte("name,amount\nrent,500\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, _, err := OpenTable(f); err == nil {
		t.Error("it was taken for a table of runs")
	}
}

func TestKeysDifferWhenAnythingDoes(t *testing.T) {
	keys := map[string]bool{}
	all := Scale{Seed: 1, Honest: 8, Attack: 1}.Grid()
	worlds := map[string]bool{}
	for _, c := range all {
		keys[c.Key()] = true
		worlds[fmt.Sprintf("%+v", c.World)] = true
	}
	if len(keys) != len(worlds) {
		t.Errorf("%d keys for %d worlds", len(keys), len(worlds))
	}
}

// A town with a thief who stakes 2,000 dollars.
func Example() {
	w := Attacked(score.Defaults(), Attack{Kind: Overcharge, Budget: 2, Fraction: 1}, 1, 4)
	r, err := Run(context.Background(), &w, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Return() < 0, r.Recovered() > 0.9)
	// Output: true true
}
