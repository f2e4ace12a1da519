package btc_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tapcard.example/chain/btc"
)

type descriptorCase struct {
	Case, Text string
	Gives      []string
}

type descriptorVectors struct {
	Checksums, Keys, BadKeys                    []descriptorCase
	Scripts381, Scripts382, Scripts383          []descriptorCase
	BadScripts381, BadScripts382, BadScripts383 []descriptorCase
	Multipath, BadMultipath                     []descriptorCase
}

func TestDescriptorsGiveTheScriptsOfTheBIPs(t *testing.T) {
	v := load[descriptorVectors](t, "descriptors.json")
	compared, refused := 0, map[string]int{}
	for _, c := range append(append(v.Scripts381, v.Scripts382...), v.Scripts383...) {
		d, err := btc.ParseDescriptor(c.Text)
		if err != nil {
			refused[why(t, c.Text, err)]++
			continue
		}
		for i, want := range c.Gives {
			script, err := d.Script(0, uint32(i))
			if err != nil || hex.EncodeToString(script.Output) != want {
				t.Errorf("%s at %d: %x, %v, want %s", c.Text, i, script.Output, err, want)
			}
			compared++
		}
		if again, err := btc.ParseDescriptor(d.String()); err != nil || again.String() != d.String() {
			t.Errorf("%s: printed as %s, %v", c.Text, d, err)
		}
	}
	if compared < 8 {
		t.Errorf("only %d scripts compared, refused %v", compared, refused)
	}
	t.Logf("%d scripts compared, refused %v", compared, refused)
}

// why sorts out the vectors that are valid descriptors, but not ones that a card can sign for. The reason must be
// given.
func why(t *testing.T, text string, err error) string {
	t.Helper()
	reasons := map[string]bool{
		"private key": strings.ContainsAny(text, "KL5") || strings.Contains(text, "xprv"),
		"not a kind of wallet": strings.HasPrefix(text, "pk(") || strings.HasPrefix(text, "multi(") ||
			strings.HasPrefix(text, "sortedmulti(") || strings.HasPrefix(text, "tr("),
		"only compressed keys": strings.Contains(text, "(04"),
		"nothing else":         strings.Contains(text, "sh(pk"),
	}
	for reason, expected := range reasons {
		if expected && strings.Contains(err.Error(), reason) && errors.Is(err, btc.ErrDescriptor) {
			return reason
		}
	}
	t.Errorf("%s: %v", text, err)
	return "other"
}

func TestDescriptorsThatTheBIPsCallInvalidAreRefused(t *testing.T) {
	v := load[descriptorVectors](t, "descriptors.json")
	n := 0
	for _, cases := range [][]descriptorCase{v.BadScripts381, v.BadScripts382, v.BadScripts383, v.BadMultipath} {
		for _, c := range cases {
			n++
			if _, err := btc.ParseDescriptor(c.Text); !errors.Is(err, btc.ErrDescriptor) {
				t.Errorf("%s: %s: %v", c.Case, c.Text, err)
			}
		}
	}
	for _, c := range v.BadKeys {
		n++
		if _, err := btc.ParseDescriptor("wpkh(" + c.Text + ")"); !errors.Is(err, btc.ErrDescriptor) {
			t.Errorf("%s: %s: %v", c.Case, c.Text, err)
		}
	}
	if n != 43 {
		t.Errorf("%d vectors", n)
	}
}

func TestKeyExpressionsOfBIP380AreReadOrRefusedWithAReason(t *testing.T) {
	read := 0
	for _, c := range load[descriptorVectors](t, "descriptors.json").Keys {
		d, err := btc.ParseDescriptor("wpkh(" + c.Text + ")")
		if err != nil {
			private := strings.Contains(c.Case, "private")
			hardened := strings.Contains(c.Case, "hardened derivation")
			uncompressed := strings.Contains(c.Case, "Uncompressed")
			if !private && !hardened && !uncompressed {
				t.Errorf("%s: %v", c.Case, err)
			}
			continue
		}
		read++
		want := strings.ReplaceAll("wpkh("+c.Text+")", "'", "h")
		if got, _, _ := strings.Cut(d.String(), "#"); got != want {
			t.Errorf("%s: printed as %s", c.Case, got)
		}
	}
	if read != 8 {
		t.Errorf("%d expressions read", read)
	}
}

func TestMultipathDescriptorsAreWhatTheirBranchesAre(t *testing.T) {
	expanded := 0
	for _, c := range load[descriptorVectors](t, "descriptors.json").Multipath {
		d, err := btc.ParseDescriptor(c.Text)
		if err != nil {
			why(t, c.Text, err)
			continue
		}
		if d.Branches() != len(c.Gives) {
			t.Errorf("%s: %d branches", c.Text, d.Branches())
		}
		for i, want := range c.Gives {
			one, err := d.Branch(i)
			if err != nil {
				t.Fatal(err)
			}
			if got, _, _ := strings.Cut(one.String(), "#"); got != want {
				t.Errorf("branch %d: %s, want %s", i, got, want)
			}
			expanded++
		}
		if _, err := d.Branch(d.Branches()); !errors.Is(err, btc.ErrDescriptor) {
			t.Errorf("one branch too many: %v", err)
		}
	}
	if expanded != 8 {
		t.Errorf("%d branches compared", expanded)
	}
}

// wallet84 is the wallet of BIP-84's examples.
const wallet84 = "wpkh([73c5da0a/84h/0h/0h]xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3Xyuv" +
	"PEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V/<0;1>/*)"

func TestAddressesOfADescriptorAreThoseOfBIP84(t *testing.T) {
	d, err := btc.ParseDescriptor(wallet84)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		branch  int
		index   uint32
		address string
	}{
		{0, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"},
		{0, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"},
		{1, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"},
	} {
		if got, err := d.Address(want.branch, want.index, btc.Mainnet); err != nil || got != want.address {
			t.Errorf("%d/%d: %s, %v", want.branch, want.index, got, err)
		}
	}
	if _, err := d.Address(0, 1<<31, btc.Mainnet); !errors.Is(err, btc.ErrDescriptor) {
		t.Errorf("a hardened index: %v", err)
	}
}

func TestAChecksumIsVerifiedWhenThereIsOne(t *testing.T) {
	d, err := btc.ParseDescriptor(wallet84)
	if err != nil {
		t.Fatal(err)
	}
	good := d.String()
	if _, err := btc.ParseDescriptor(good); err != nil {
		t.Error(err)
	}
	for _, c := range load[descriptorVectors](t, "descriptors.json").Checksums {
		_, err := btc.ParseDescriptor(c.Text)
		about := "checksum"
		switch c.Case {
		case "Valid checksum", "No checksum":
			about = "not a kind of wallet" // the checksum is good, and nobody signs for raw()
		case "Invalid characters in payload":
			about = "the character"
		}
		if err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("%s: %v", c.Case, err)
		}
	}
	for i := range good {
		bad := []byte(good)
		bad[i] ^= 1
		if _, err := btc.ParseDescriptor(string(bad)); err == nil {
			t.Errorf("a wrong character at %d was not noticed", i)
		}
	}
}

func TestASLIP132KeyIsRefusedWithAHint(t *testing.T) {
	const zpub = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf3" +
		"1mGDtKsAYz2oz2AGutZYs"
	if _, err := btc.ParseDescriptor("wpkh(" + zpub + "/0/*)"); err == nil || !strings.Contains(err.Error(), "SLIP-132") {
		t.Errorf("%v", err)
	}
}

func FuzzParseDescriptor(f *testing.F) {
	f.Add(wallet84)
	f.Add("wsh(sortedmulti(1,0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600))")
	for _, c := range load[descriptorVectors](f, "descriptors.json").BadMultipath {
		f.Add(c.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := btc.ParseDescriptor(text)
		if err != nil {
			return
		}
		again, err := btc.ParseDescriptor(d.String())
		if err != nil || again.String() != d.String() {
			t.Fatalf("%q became %q: %v", text, d, err)
		}
		for branch := range d.Branches() {
			if _, err := d.Script(branch, 0); err != nil && !errors.Is(err, btc.ErrDescriptor) {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
