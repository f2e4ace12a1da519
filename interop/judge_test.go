package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

// clerk writes down what a judge finds wrong instead of failing the test.
type clerk struct {
	testing.TB
	found []string
}

func (c *clerk) Helper() {}

func (c *clerk) Logf(string, ...any) {}

func (c *clerk) Errorf(format string, a ...any) { c.found = append(c.found, fmt.Sprintf(format, a...)) }

// signature is what a good card answers to a step.
func signature(t *testing.T, name, path string) Step {
	t.Helper()
	k := newKeys(t)
	private, err := crypto.ToECDSA(k.private(path))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := crypto.Sign(digest(name), private)
	if err != nil {
		t.Fatal(err)
	}
	return Step{Name: name, Digest: digest(name), R: rs[:32], S: rs[32:64], Public: k.public(path)}
}

func TestJudgeAcceptsAGoodSignatureAndNoOther(t *testing.T) {
	good := signature(t, "sign current", pathFirst)
	other := signature(t, "sign current", pathOther)
	replayed := signature(t, "sign path", pathFirst)
	replayed.Name = "sign current"
	foreign := good
	foreign.R, foreign.S = other.R, other.S
	failed := Step{Name: "sign current", Error: "no"}
	for name, c := range map[string]struct {
		step Step
		want int // findings
	}{
		"good":                       {good, 0},
		"by another key":             {other, 2},
		"of another digest":          {replayed, 2},
		"named wrongly":              {foreign, 1},
		"refused by the card":        {failed, 1},
		"a step without any content": {Step{Name: "sign current"}, 3},
	} {
		writer := &clerk{TB: t}
		signed(pathFirst)(&judge{TB: writer, profile: "2.3", keys: newKeys(t)}, c.step)
		if len(writer.found) != c.want {
			t.Errorf("signature %s: found %q", name, writer.found)
		}
	}
}

func TestJudgeMissesNoStep(t *testing.T) {
	writer := &clerk{TB: t}
	j := &judge{TB: writer, profile: "2.0", keys: newKeys(t)}
	j.hear([]Step{{Name: "init"}, {Name: "init"}, {Name: "dance"}, {Name: "pair wrong"}, {Name: "open"}},
		gaps{}.on("it cannot", "open", "unpair"))
	for _, want := range []string{
		`step "init" was reported twice`, `step "dance" is not part of the scenario`,
		`step "pair wrong": the client noticed nothing`, `step "open" was done, though`, `step "pin" was not done`,
	} {
		if !slices.ContainsFunc(writer.found, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("the judge did not say: %s", want)
		}
	}
	for _, never := range []string{`"unpair"`, `"sign path"`, `"factory reset"`} { // a gap, and steps of later profiles
		if slices.ContainsFunc(writer.found, func(s string) bool { return strings.Contains(s, never) }) {
			t.Errorf("the judge missed %s", never)
		}
	}
}
