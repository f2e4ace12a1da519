package hd_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

type bip32Vectors struct {
	Valid []struct {
		Seed string
		Keys []struct{ Path, XPub, XPrv string }
	}
	Invalid []struct{ Key, Why string }
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func parsePath(t testing.TB, s string) hd.Path {
	t.Helper()
	p, err := hd.ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func master(t testing.TB, seed string) *hd.Key {
	t.Helper()
	k, err := hd.Master(secret.New(unhex(t, seed)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func reveal(s secret.Bytes) string {
	var text string
	s.Reveal(func(b []byte) { text = string(b) })
	return text
}

func TestBIP32Vectors1To4(t *testing.T) {
	var vectors bip32Vectors
	readJSON(t, "testdata/bip32.json", &vectors)
	tested := 0
	for _, v := range vectors.Valid {
		m := master(t, v.Seed)
		for _, want := range v.Keys {
			k, err := m.Derive(parsePath(t, want.Path))
			if err != nil {
				t.Fatalf("seed %.8s, %s: %v", v.Seed, want.Path, err)
			}
			if got := reveal(k.XPrv(hd.Mainnet)); got != want.XPrv {
				t.Errorf("seed %.8s, %s: %s, want %s", v.Seed, want.Path, got, want.XPrv)
			}
			if got := k.Neuter().String(); got != want.XPub {
				t.Errorf("seed %.8s, %s: %s, want %s", v.Seed, want.Path, got, want.XPub)
			}
			tested++
		}
	}
	if tested != 17 {
		t.Errorf("%d keys tested, the BIP has 17", tested)
	}
}

func TestBIP32Vectors1To4OneChildAfterTheOther(t *testing.T) {
	var vectors bip32Vectors
	readJSON(t, "testdata/bip32.json", &vectors)
	for _, v := range vectors.Valid {
		for _, want := range v.Keys {
			k := master(t, v.Seed)
			public := k.Neuter()
			for _, i := range parsePath(t, want.Path) {
				parent := k
				var err error
				if k, err = k.Child(i); err != nil {
					t.Fatal(err)
				}
				if public, err = public.Child(i); i >= hd.Hardened {
					if !errors.Is(err, hd.ErrHardened) {
						t.Errorf("hardened child of a public key: %v", err)
					}
					public = k.Neuter()
				} else if err != nil {
					t.Fatal(err)
				}
				if k.Origin().Parent != parent.Fingerprint() {
					t.Errorf("%s: wrong parent fingerprint", want.Path)
				}
			}
			if got := reveal(k.XPrv(hd.Mainnet)); got != want.XPrv {
				t.Errorf("%s: %s, want %s", want.Path, got, want.XPrv)
			}
			if public.String() != want.XPub {
				t.Errorf("%s derived publicly: %s, want %s", want.Path, public, want.XPub)
			}
		}
	}
}

func TestBIP32Vector5InvalidKeysAreRefused(t *testing.T) {
	var vectors bip32Vectors
	readJSON(t, "testdata/bip32.json", &vectors)
	if len(vectors.Invalid) != 16 {
		t.Fatalf("%d vectors, the BIP has 16", len(vectors.Invalid))
	}
	for _, v := range vectors.Invalid {
		if _, _, err := hd.ParseXPub(v.Key); !errors.Is(err, hd.ErrExtendedKey) {
			t.Errorf("%s accepted as xpub: %v", v.Why, err)
		}
		_, _, err := hd.ParseXPrv(secret.Copy([]byte(v.Key)))
		if !errors.Is(err, hd.ErrExtendedKey) {
			t.Errorf("%s accepted as xprv: %v", v.Why, err)
		} else if strings.Contains(err.Error(), v.Key[4:12]) {
			t.Errorf("%s: the error shows the key: %v", v.Why, err)
		}
		t.Logf("%s: %v", v.Why, err)
	}
}

func TestExtendedKeysSurviveSerialisation(t *testing.T) {
	var vectors bip32Vectors
	readJSON(t, "testdata/bip32.json", &vectors)
	for _, v := range vectors.Valid {
		for _, want := range v.Keys {
			k, n, err := hd.ParseXPrv(secret.Copy([]byte(want.XPrv)))
			if err != nil || n != hd.Mainnet || reveal(k.XPrv(n)) != want.XPrv || k.Neuter().String() != want.XPub {
				t.Errorf("%s: network %v, %v", want.Path, n, err)
			}
			x, n, err := hd.ParseXPub(want.XPub)
			if err != nil || n != hd.Mainnet || x.Encode(n) != want.XPub {
				t.Errorf("%s: network %v, %v", want.Path, n, err)
			}
			tpub, tprv := x.Encode(hd.Testnet), k.XPrv(hd.Testnet)
			if !strings.HasPrefix(tpub, "tpub") || !strings.HasPrefix(reveal(tprv), "tprv") {
				t.Errorf("testnet keys begin with %.4s, %.4s", tpub, reveal(tprv))
			}
			if back, n, err := hd.ParseXPub(tpub); err != nil || n != hd.Testnet || back.String() != want.XPub {
				t.Errorf("%s: %v, network %v", tpub, err, n)
			}
			if back, n, err := hd.ParseXPrv(tprv); err != nil || n != hd.Testnet || back.Origin() != k.Origin() {
				t.Errorf("tprv: %v, network %v", err, n)
			}
		}
	}
}

func TestAnXPubIsNoXPrvAndTheOtherWayRound(t *testing.T) {
	k := master(t, "000102030405060708090a0b0c0d0e0f")
	if _, _, err := hd.ParseXPub(reveal(k.XPrv(hd.Mainnet))); !errors.Is(err, hd.ErrExtendedKey) ||
		!strings.Contains(err.Error(), "private") {
		t.Errorf("xprv taken for an xpub: %v", err)
	}
	if _, _, err := hd.ParseXPrv(secret.New([]byte(k.Neuter().String()))); !errors.Is(err, hd.ErrExtendedKey) {
		t.Errorf("xpub taken for an xprv: %v", err)
	}
}

func TestMangledExtendedKeysAreRefused(t *testing.T) {
	good := master(t, "000102030405060708090a0b0c0d0e0f").Neuter().String()
	for what, s := range map[string]string{
		"empty":                "",
		"only ones":            strings.Repeat("1", 111),
		"not base58":           strings.Replace(good, "M", "0", 1),
		"not ASCII":            strings.Replace(good, "M", "é", 1),
		"a letter changed":     strings.Replace(good, "M", "N", 1),
		"cut short":            good[:110],
		"one letter more":      good + "1",
		"leading one":          "1" + good,
		"a space after it":     good + " ",
		"longer than any key":  strings.Repeat("z", 1<<20),
		"an address":           "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"too little to verify": "11",
	} {
		if _, _, err := hd.ParseXPub(s); !errors.Is(err, hd.ErrExtendedKey) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
