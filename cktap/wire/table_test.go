package wire_test

import (
	"slices"
	"strings"
	"testing"

	"tapcard.example/cktap/wire"
)

func TestTableSaysWhichProductHasWhichCommand(t *testing.T) {
	none, may, must, no := wire.SecurityNone, wire.SecurityOptional, wire.SecurityCVC, wire.SecurityAbsent
	for name, want := range map[string][3]wire.Security{ // SATSCARD, TAPSIGNER, SATSCHIP
		"status": {none, none, none}, "certs": {none, none, none}, "check": {none, none, none}, "nfc": {none, none, none},
		"read": {none, must, must}, "derive": {none, must, must}, "new": {must, must, must}, "sign": {must, must, must},
		"wait": {may, may, may}, "unseal": {must, no, no}, "dump": {may, no, no}, "change": {no, must, must},
		"xpub": {no, must, must}, "backup": {no, must, no},
	} {
		spec, ok := wire.Lookup(name)
		if !ok {
			t.Fatalf("no %s", name)
		}
		for i, p := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
			if got := spec.Security(p); got != want[i] {
				t.Errorf("%s on %v: %v", name, p, got)
			}
		}
		if spec.Security(wire.Product(7)) != no {
			t.Errorf("%s on a product that does not exist", name)
		}
	}
	if len(wire.Commands()) != 14 {
		t.Errorf("%d commands", len(wire.Commands()))
	}
	if _, ok := wire.Lookup("url"); ok {
		t.Error("found url")
	}
}

func TestOnlyCommandsThatChangeNothingTwiceAreRetrySafe(t *testing.T) {
	unsafe := []string{"new", "unseal", "change"}
	for _, s := range wire.Commands() {
		if s.RetrySafe == slices.Contains(unsafe, s.Name) {
			t.Errorf("%s: retry safe is %v", s.Name, s.RetrySafe)
		}
		if s.First != wire.V0_9_0 {
			t.Errorf("%s is newer than the first firmware", s.Name)
		}
	}
}

func TestCodesAreThoseOfTheProtocol(t *testing.T) {
	want := []int{205, 400, 401, 403, 404, 405, 406, 417, 422, 425, 429, 500}
	var got []int
	kinds := map[wire.Kind]bool{}
	for _, m := range wire.Codes() {
		got = append(got, m.Code)
		if kinds[m.Kind] || m.Kind == wire.KindUnexpected || m.Text == "" || m.Card == "" || strings.HasSuffix(m.Text, ".") {
			t.Errorf("%+v", m)
		}
		kinds[m.Kind] = true
		if m.Again != (m.Code == 205) {
			t.Errorf("%d may be sent again: %v", m.Code, m.Again)
		}
	}
	if !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestMeaningsDependOnTheCommand(t *testing.T) {
	sign, _ := wire.Lookup("sign")
	read, _ := wire.Lookup("read")
	if sign.Meaning(406).Text == read.Meaning(406).Text || sign.Meaning(406).Kind != wire.KindState {
		t.Error("406 means the same everywhere")
	}
	if read.Meaning(401).Kind != wire.KindBadAuth || read.Meaning(999).Kind != wire.KindUnexpected {
		t.Error("codes of any command")
	}
	for _, s := range wire.Commands() {
		for _, m := range s.Meanings {
			if general, ok := wire.CodeMeaning(m.Code); !ok || general.Kind != m.Kind || m.Text == "" {
				t.Errorf("%s: %+v", s.Name, m)
			}
		}
	}
}

func TestNamesOfEnumerations(t *testing.T) {
	for got, want := range map[string]string{
		wire.Satscard.String(): "SATSCARD", wire.Satschip.String(): "SATSCHIP", wire.Product(9).String(): "unknown product",
		wire.SecurityCVC.String(): "CVC", wire.Security(9).String(): "unknown", wire.SlotSealed.String(): "sealed",
		wire.SlotState(-1).String(): "unknown", wire.V1_0_3.String(): "1.0.3",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestVersionsCompareByNumber(t *testing.T) {
	order := []string{"0.9.0", "1.0.0", "1.0.2", "1.0.10", "1.1.0", "2.0.0", "10.0.0"}
	for i, a := range order {
		for j, b := range order {
			v, err := wire.ParseVersion(a)
			w, err2 := wire.ParseVersion(b)
			if err != nil || err2 != nil || v.Before(w) != (i < j) || (v.Compare(w) == 0) != (i == j) || v.String() != a {
				t.Errorf("%s and %s: %v %v", a, b, err, err2)
			}
		}
	}
	for _, bad := range []string{"", "1", "1.0", "1.0.0.0", "1.0.x", "1.0.-1", "1.0.65536", "1..0", " 1.0.0"} {
		if v, err := wire.ParseVersion(bad); err == nil {
			t.Errorf("%q is %v", bad, v)
		}
	}
}

func TestCheckCoversTheSlotByProductFirmwareAndState(t *testing.T) {
	for _, c := range []struct {
		p      wire.Product
		v      wire.Version
		sealed bool
		want   bool
	}{
		{wire.Satscard, wire.V0_9_0, true, false}, {wire.Satscard, wire.V1_0_0, true, true}, {wire.Satscard,
			wire.V1_0_3, true, true},
		{wire.Satscard, wire.V1_0_3, false, false}, {wire.Tapsigner, wire.V1_0_3, true, false}, {wire.Satschip,
			wire.V1_0_0, true, false},
	} {
		if got := wire.CheckCoversSlot(c.p, c.v, c.sealed); got != c.want {
			t.Errorf("%+v", c)
		}
	}
}

func TestWeakNonces(t *testing.T) {
	for n, want := range map[string]bool{"": false, "aaaaaaaaaaaaaaaa": true, "aaaaaaaaaaaaaaab": false,
		"\x00\x00": true} {
		if wire.WeakNonce([]byte(n)) != want {
			t.Errorf("%q", n)
		}
	}
}
