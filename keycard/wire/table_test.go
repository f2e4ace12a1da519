package wire_test

import (
	"slices"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

func TestTableIsOrderedAndComplete(t *testing.T) {
	table := wire.Commands()
	if !slices.IsSortedFunc(table, func(a, b wire.Spec) int { return int(a.INS) - int(b.INS) }) {
		t.Error("not ordered by INS")
	}
	names := map[string]bool{}
	for _, s := range table {
		if names[s.Name] || s.Name == "" || s.First < wire.V2_0 {
			t.Errorf("%q (%02X) is nameless, double or older than the protocol", s.Name, s.INS)
		}
		names[s.Name] = true
		if got, ok := wire.Lookup(s.INS); !ok || got.Name != s.Name {
			t.Errorf("%02X: looked up as %q", s.INS, got.Name)
		}
		for i, m := range s.Meanings {
			if m.Kind == wire.KindUnexpected || m.Text == "" || s.Meaning(m.SW).Text != m.Text {
				t.Errorf("%s, meaning %d: %+v", s.Name, i, m)
			}
		}
	}
	if len(table) != 23 {
		t.Errorf("%d commands", len(table))
	}
	if _, ok := wire.Lookup(0x99); ok {
		t.Error("found INS 99")
	}
}

func TestVersionsHaveTheCommandsThatTheyHave(t *testing.T) {
	for _, c := range []struct {
		ins         byte
		first, last wire.Version // last: the newest of those listed here
	}{
		{wire.InsInit, wire.V2_0, wire.V4_0},
		{wire.InsDuplicate, wire.V2_0, wire.V2_3},
		{wire.InsSetNDEF, wire.V2_0, wire.V2_3},
		{wire.InsGetData, wire.V2_3, wire.V4_0},
		{wire.InsStoreData, wire.V2_3, wire.V4_0},
		{wire.InsIdent, wire.V3_1, wire.V4_0},
		{wire.InsFactoryReset, wire.V3_1, wire.V4_0},
		{wire.InsDerive, wire.V2_0, wire.V3_2},
		{wire.InsSetPinless, wire.V2_0, wire.V3_2},
		{wire.InsUnpair, wire.V2_0, wire.V3_2},
	} {
		spec, _ := wire.Lookup(c.ins)
		for _, v := range []wire.Version{wire.V1_2, wire.V2_0, wire.V2_1, wire.V2_2, wire.V2_3, wire.V3_0, wire.V3_1,
			wire.V3_2, wire.V4_0} {
			if want := v >= c.first && v <= c.last; spec.Known(v) != want {
				t.Errorf("%s in %v: %v", spec.Name, v, spec.Known(v))
			}
		}
	}
}

func TestStatusWordsAreExplained(t *testing.T) {
	for _, c := range []struct {
		ins  byte
		sw   iso7816.Status
		kind wire.Kind
	}{
		{wire.InsSign, 0x9000, wire.KindOK},
		{wire.InsVerifyPIN, 0x63C2, wire.KindWrongPIN},
		{wire.InsVerifyPIN, 0x63C0, wire.KindBlocked},
		{wire.InsPair, 0x6A84, wire.KindNoSpace},
		{wire.InsPair, 0x6982, wire.KindAuthRequired},
		{wire.InsOpen, 0x6A86, wire.KindNotFound},
		{wire.InsSign, 0x6A88, wire.KindNotFound},
		{wire.InsDerive, 0x6984, wire.KindInvalidKey},
		{wire.InsDerive, 0x6B00, wire.KindConditions},
		{wire.InsInit, 0x6D00, wire.KindConditions},
		{wire.InsIdent, 0x6D00, wire.KindUnsupported},
		{wire.InsSetNDEF, 0x6985, wire.KindConditions},
		{wire.InsSetNDEF, 0x6F05, wire.KindInternal},
		{wire.InsDuplicate, 0x6F02, wire.KindNotFound},
		{wire.InsSetNDEF, 0x1234, wire.KindUnexpected},
	} {
		spec, _ := wire.Lookup(c.ins)
		if m := spec.Meaning(c.sw); m.Kind != c.kind || m.SW != c.sw || m.Text == "" {
			t.Errorf("%s, %v: %+v", spec.Name, c.sw, m)
		}
	}
}

func TestRetrySafety(t *testing.T) {
	path := []uint32{1}
	for name, c := range map[string]struct {
		c    iso7816.Command
		want bool
	}{
		"status":                       {wire.StatusCommand(), true},
		"sign":                         {wire.SignCommand([32]byte{}), true},
		"sign a path":                  {wire.SignPathCommand([32]byte{}, wire.FromCurrent, path, false), true},
		"sign and go on from current":  {wire.SignPathCommand([32]byte{}, wire.FromCurrent, path, true), false},
		"sign and make current":        {wire.SignPathCommand([32]byte{}, wire.FromMaster, path, true), true},
		"export and go on from parent": {wire.ExportCommand(wire.FromParent, path, wire.ExportPublic, true), false},
		"derive":                       {wire.DeriveCommand(wire.FromMaster, path), true},
		"derive from current":          {wire.DeriveCommand(wire.FromCurrent, path), false},
		"PIN":                          {wire.VerifyPINCommand(pin(t, "123456")), false},
		"generate a key":               {wire.GenerateKeyCommand(), false},
		"reset":                        {wire.FactoryResetCommand(), false},
		"unknown":                      {iso7816.Command{INS: 0x99}, false},
	} {
		if got := wire.RetrySafe(c.c); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestVersionsAndAIDsReadAsPeopleKnowThem(t *testing.T) {
	if s := wire.V2_3.String(); s != "2.3" || wire.V3_1.Major() != 3 || wire.V3_1.Minor() != 1 {
		t.Errorf("version %s", s)
	}
	aids := [][]byte{wire.KeycardAID(1), wire.NDEFAID(), wire.CashAID(), wire.IdentAID(), wire.OldAID()}
	for i, want := range []string{"a0000008040001" + "0101", "d2760000850101", "a00000080400010301",
		"a00000080400010401", "53746174757357616c6c6574417070"} {
		if got := aids[i]; string(got) != string(unhex(t, want)) {
			t.Errorf("AID %d: %X", i, got)
		}
	}
}
