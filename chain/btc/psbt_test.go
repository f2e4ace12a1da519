package btc_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
)

type psbtCase struct{ Case, PSBT string }

type bip370 struct {
	Invalid, Valid []psbtCase
	LockTimes      []struct {
		psbtCase
		LockTime *uint32
	}
}

type bip174 struct {
	Invalid, Valid, RefusedBySigner []psbtCase
	Workflow                        struct {
		Master, WithSighash, SignedBy0And2, SignedBy1And3, Combined, Finalized, Transaction string
	}
}

func load[T any](t testing.TB, name string) T {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t testing.TB, text string) *btc.Packet {
	t.Helper()
	p, err := btc.ParsePSBT([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatBIP370CallsInvalidIsRefused(t *testing.T) {
	v := load[bip370](t, "bip370.json")
	if len(v.Invalid) != 24 {
		t.Fatalf("%d vectors", len(v.Invalid))
	}
	for _, c := range v.Invalid {
		if _, err := btc.ParsePSBT([]byte(c.PSBT)); !errors.Is(err, btc.ErrPSBT) {
			t.Errorf("%s: %v", c.Case, err)
		}
	}
}

func TestWhatBIP370CallsValidIsReadAndWrittenByteForByte(t *testing.T) {
	v := load[bip370](t, "bip370.json")
	if len(v.Valid) != 14 {
		t.Fatalf("%d vectors", len(v.Valid))
	}
	for _, c := range v.Valid {
		p, err := btc.ParsePSBT([]byte(c.PSBT))
		if err != nil {
			t.Errorf("%s: %v", c.Case, err)
			continue
		}
		if p.Version() != 2 || p.Base64() != c.PSBT {
			t.Errorf("%s: version %d, became %s", c.Case, p.Version(), p.Base64())
		}
	}
}

func TestTheLockTimeOfAVersion2PSBTIsTheOneBIP370Determines(t *testing.T) {
	for _, c := range load[bip370](t, "bip370.json").LockTimes {
		p, err := btc.ParsePSBT([]byte(c.PSBT))
		if c.LockTime == nil {
			if !errors.Is(err, btc.ErrPSBT) {
				t.Errorf("%s: %v", c.Case, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Case, err)
		} else if got := p.Unsigned().LockTime; got != *c.LockTime {
			t.Errorf("%s: %d, want %d", c.Case, got, *c.LockTime)
		}
	}
}

func TestWhatBIP174CallsInvalidIsRefused(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	if len(v.Invalid) != 20 {
		t.Fatalf("%d vectors", len(v.Invalid))
	}
	for _, c := range v.Invalid {
		if _, err := btc.ParsePSBT([]byte(c.PSBT)); !errors.Is(err, btc.ErrPSBT) {
			t.Errorf("%s: %v", c.Case, err)
		}
	}
}

func TestWhatBIP174CallsValidSurvivesTheWayToVersion2AndBack(t *testing.T) {
	v := load[bip174](t, "bip174.json")
	if len(v.Valid) != 10 {
		t.Fatalf("%d vectors", len(v.Valid))
	}
	for _, c := range v.Valid {
		p, err := btc.ParsePSBT([]byte(c.PSBT))
		if err != nil {
			t.Errorf("%s: %v", c.Case, err)
			continue
		}
		if p.Base64() != c.PSBT {
			t.Errorf("%s: became %s", c.Case, p.Base64())
		}
		v2, err := p.ToV2()
		if err != nil {
			t.Errorf("%s: to version 2: %v", c.Case, err)
			continue
		}
		back, err := parse(t, v2.Base64()).ToV0()
		if err != nil || back.Base64() != c.PSBT {
			t.Errorf("%s: %v, came back as %s", c.Case, err, back.Base64())
		}
	}
}

func TestAPSBTIsReadFromBytesHexAndBase64(t *testing.T) {
	text := load[bip370](t, "bip370.json").Valid[0].PSBT
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{string(raw), text, text + "\n", hexOf(raw), " " + hexOf(raw) + "\r\n"} {
		if p, err := btc.ParsePSBT([]byte(form)); err != nil || p.Base64() != text {
			t.Errorf("%.20q: %v", form, err)
		}
	}
	for _, form := range []string{"", "psbt", "psbt\xff", text[:len(text)-4], text + "AA==", "70736274ff"} {
		if _, err := btc.ParsePSBT([]byte(form)); !errors.Is(err, btc.ErrPSBT) {
			t.Errorf("%.20q: %v", form, err)
		}
	}
}

// TestCountsThatCannotBeCostNothing gives transactions and maps that claim to hold millions of things.
func TestCountsThatCannotBeCostNothing(t *testing.T) {
	huge := "\xfe\xff\xff\xff\x01"
	header := "psbt\xff"
	for what, raw := range map[string]string{
		"inputs of a transaction":  header + "\x01\x00\x0b\x02\x00\x00\x00" + huge + "\x00\x00\x00\x00",
		"outputs of a transaction": header + "\x01\x00\x0b\x02\x00\x00\x00\x00" + huge + "\x00\x00\x00",
		"inputs of version 2": header + "\x01\x02\x04\x02\x00\x00\x00\x01\x04\x05" + huge +
			"\x01\x05\x01\x00\x01\xfb\x04\x02\x00\x00\x00\x00",
		"a key":   header + huge,
		"a value": header + "\x01\x09" + huge,
	} {
		allocated := testing.AllocsPerRun(1, func() {
			if _, err := btc.ParsePSBT([]byte(raw)); !errors.Is(err, btc.ErrPSBT) {
				t.Errorf("%s: %v", what, err)
			}
		})
		if allocated > 50 {
			t.Errorf("%s: %v allocations", what, allocated)
		}
	}
}

func TestAPSBTThatNamesMoreKeysThanCouldSignIsRefused(t *testing.T) {
	p, _, _ := simple(t)
	m := master(t, 1).Neuter()
	child := m
	for i := range 10_001 {
		if i%100 == 0 {
			child = must(child.Child(0))
		}
		k := must(child.Child(uint32(i)))
		p.outs[0].Bip32Derivation = append(p.outs[0].Bip32Derivation,
			derivations([]name{{m.Fingerprint(), hd.Path{uint32(i)}, k.Compressed()}})...)
	}
	if _, err := btc.ParsePSBT(p.bytes()); !errors.Is(err, btc.ErrPSBT) || !strings.Contains(err.Error(), "names 10003 keys") {
		t.Errorf("%v", err)
	}
}
