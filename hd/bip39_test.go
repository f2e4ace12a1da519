package hd_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

const junk = "test test test test test test test test test test test junk"

type bip39Vector struct{ Entropy, Mnemonic, Seed, XPrv string }

func bip39Vectors(t testing.TB) []bip39Vector {
	t.Helper()
	var vectors []bip39Vector
	readJSON(t, "testdata/bip39.json", &vectors)
	if len(vectors) != 24 {
		t.Fatalf("%d vectors, Trezor has 24", len(vectors))
	}
	return vectors
}

func sealed(s string) secret.Bytes { return secret.Copy([]byte(s)) }

func TestBIP39Vectors(t *testing.T) {
	for _, v := range bip39Vectors(t) {
		mnemonic, err := hd.NewMnemonic(secret.New(unhex(t, v.Entropy)))
		if err != nil || reveal(mnemonic) != v.Mnemonic {
			t.Errorf("%s: %s, %v", v.Entropy, reveal(mnemonic), err)
		}
		if err := hd.CheckMnemonic(mnemonic); err != nil {
			t.Errorf("%s: %v", v.Mnemonic, err)
		}
		entropy, err := hd.Entropy(mnemonic)
		if err != nil || hex.EncodeToString([]byte(reveal(entropy))) != v.Entropy {
			t.Errorf("%s: %v", v.Mnemonic, err)
		}
		seed := hd.Seed(mnemonic, sealed("TREZOR"))
		if got := hex.EncodeToString([]byte(reveal(seed))); got != v.Seed {
			t.Errorf("%s: seed %s, want %s", v.Mnemonic, got, v.Seed)
		}
		m, err := hd.Master(seed)
		if err != nil || reveal(m.XPrv(hd.Mainnet)) != v.XPrv {
			t.Errorf("%s: %v", v.Mnemonic, err)
		}
	}
}

func TestWordsAndIndexesAreInverse(t *testing.T) {
	for _, v := range bip39Vectors(t) {
		indexes, err := hd.Indexes(sealed(v.Mnemonic))
		if err != nil || len(indexes) != strings.Count(v.Mnemonic, " ")+1 {
			t.Fatalf("%s: %v", v.Mnemonic, err)
		}
		words, err := hd.Words(indexes)
		if err != nil || reveal(words) != v.Mnemonic {
			t.Errorf("%s: %s, %v", v.Mnemonic, reveal(words), err)
		}
	}
	if got, err := hd.Indexes(sealed(strings.Repeat("abandon zoo ", 6))); err != nil ||
		!slices.Equal(got[:2], []uint16{0, 2047}) {
		t.Errorf("%v, %v", got, err)
	}
	if words, err := hd.Words([]uint16{0, 2048}); !errors.Is(err, hd.ErrMnemonic) || words.Len() != 0 {
		t.Errorf("index 2048: %v", err)
	}
	if words, err := hd.Words(nil); err != nil || words.Len() != 0 {
		t.Errorf("no words: %v", err)
	}
}

func TestTheWordListIsTheOneOfBIP39(t *testing.T) {
	b, err := os.ReadFile("english.txt")
	if err != nil {
		t.Fatal(err)
	}
	const want = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want {
		t.Errorf("SHA-256 %x", sum)
	}
	if words := strings.Fields(string(b)); len(words) != 2048 || !slices.IsSorted(words) {
		t.Errorf("%d words, sorted: %v", len(words), slices.IsSorted(words))
	}
}

func TestABadMnemonicIsRefusedWithoutBeingShown(t *testing.T) {
	abandon := strings.TrimSpace(strings.Repeat("abandon ", 11))
	for _, tt := range []struct{ mnemonic, want string }{
		{"", "0 words"},
		{abandon, "11 words"},
		{abandon + " about about", "13 words"},
		{strings.Repeat("abandon ", 27), "27 words"},
		{abandon + " abandon", "checksum"},
		{"about " + abandon, "checksum"},
		{abandon + " zebrra", "word 12 is not"},
		{"zebrra " + abandon, "word 1 is not"},
		{abandon + " About", "word 12 is not in the English list (write it in lower case)"},
		{strings.Replace(abandon, " ", "", 1) + " about about", "word 1 is not"},
		{strings.Repeat("zebrra ", 1000), "7000 bytes"},
	} {
		m := sealed(tt.mnemonic)
		err := hd.CheckMnemonic(m)
		if !errors.Is(err, hd.ErrMnemonic) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, want %s", tt.mnemonic, err, tt.want)
			continue
		}
		if strings.Contains(err.Error(), "zebrra") || strings.Contains(strings.ToLower(err.Error()), "about") {
			t.Errorf("the error shows a word: %v", err)
		}
	}
}

func TestAChangedLastWordMissesTheChecksum(t *testing.T) {
	// Of 2047 other last words of 24, about one in 256 has the right checksum; of these three none.
	words := strings.Fields(bip39Vectors(t)[8].Mnemonic)
	for _, other := range []string{"zoo", "able", "abandon"} {
		changed := append(slices.Clone(words[:23]), other)
		if err := hd.CheckMnemonic(sealed(strings.Join(changed, " "))); !errors.Is(err, hd.ErrMnemonic) {
			t.Errorf("%v: %v", other, err)
		}
	}
}

func TestEntropyHas16To32Bytes(t *testing.T) {
	for n := range 40 {
		_, err := hd.NewMnemonic(secret.New(make([]byte, n)))
		if good := n >= 16 && n <= 32 && n%4 == 0; good != (err == nil) || !good && !errors.Is(err, hd.ErrMnemonic) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestWhiteSpaceAroundWordsDoesNotChangeTheWallet(t *testing.T) {
	want := hd.Seed(sealed(junk), secret.Bytes{})
	for _, form := range []string{junk + "\n", "  " + junk, strings.ReplaceAll(junk, " ", "\r\n"),
		strings.ReplaceAll(junk, " ", "\u3000")} {
		if err := hd.CheckMnemonic(sealed(form)); err != nil {
			t.Errorf("%q: %v", form, err)
		}
		if !hd.Seed(sealed(form), secret.Bytes{}).Equal(want) || !hd.KnownTestMnemonic(sealed(form)) {
			t.Errorf("%q leads to another wallet", form)
		}
	}
	if hd.Seed(sealed(junk), sealed(" ")).Equal(want) {
		t.Error("a space as passphrase must count")
	}
}

func TestPassphraseIsNormalised(t *testing.T) {
	composed, decomposed := hd.Seed(sealed(junk), sealed("\u00e9\u2460")), hd.Seed(sealed(junk), sealed("e\u03011"))
	if !composed.Equal(decomposed) {
		t.Error("é① and e´1 are the same text in NFKD and must give the same seed")
	}
}

func TestKnownTestMnemonics(t *testing.T) {
	known := []string{junk}
	for _, v := range bip39Vectors(t) {
		known = append(known, v.Mnemonic)
	}
	for _, m := range known {
		if !hd.KnownTestMnemonic(sealed(m)) {
			t.Errorf("%s is public", m)
		}
	}
	fresh, err := hd.NewMnemonic(secret.New(bytes.Repeat([]byte{0x5A}, 16)))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []secret.Bytes{fresh, {}, sealed(" "), sealed(junk + " junk"), sealed(junk[:len(junk)-1])} {
		if hd.KnownTestMnemonic(m) {
			t.Errorf("%q is not public", reveal(m))
		}
	}
}

func FuzzMnemonic(f *testing.F) {
	f.Add(junk)
	f.Add("abandon\u3000abandon")
	f.Add("legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal will")
	f.Fuzz(func(t *testing.T, s string) {
		entropy, err := hd.Entropy(sealed(s))
		if err != nil {
			if !errors.Is(err, hd.ErrMnemonic) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		again, err := hd.NewMnemonic(entropy)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := hd.Entropy(again); err != nil || !back.Equal(entropy) {
			t.Fatalf("%q becomes %q, %v", s, reveal(again), err)
		}
	})
}

func FuzzEntropy(f *testing.F) {
	f.Add(make([]byte, 16))
	f.Add(bytes.Repeat([]byte{0xFF}, 32))
	f.Fuzz(func(t *testing.T, entropy []byte) {
		mnemonic, err := hd.NewMnemonic(secret.Copy(entropy))
		if err != nil {
			return
		}
		if back, err := hd.Entropy(mnemonic); err != nil || reveal(back) != string(entropy) {
			t.Fatalf("%x becomes %x, %v", entropy, reveal(back), err)
		}
	})
}

func FuzzParseXPub(f *testing.F) {
	var vectors bip32Vectors
	readJSON(f, "testdata/bip32.json", &vectors)
	f.Add(vectors.Valid[0].Keys[0].XPub)
	for _, v := range vectors.Invalid {
		f.Add(v.Key)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if x, n, err := hd.ParseXPub(s); err == nil && x.Encode(n) != s {
			t.Fatalf("%q becomes %q", s, x.Encode(n))
		} else if err != nil && !errors.Is(err, hd.ErrExtendedKey) {
			t.Fatalf("error of another kind: %v", err)
		}
		if k, n, err := hd.ParseXPrv(sealed(s)); err == nil && reveal(k.XPrv(n)) != s {
			t.Fatalf("%q changes", s)
		}
	})
}
