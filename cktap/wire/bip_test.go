package wire_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

const hard = 1 << 31

// The key of BIP-173's examples, and of BIP-84's first address.
func TestAddressesOfStandardsAndRecordings(t *testing.T) {
	recordings, _ := readRecordings(t)
	for key, want := range map[string]string{
		"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
		string(recordings["seed42_satscard"].Secrets.SlotPub):                recordings["seed42_satscard"].Secrets.Addr,
		string(recordings["seed42_tapsigner"].Secrets.SlotPub):               recordings["seed42_tapsigner"].Secrets.Addr,
	} {
		raw := []byte(key)
		if len(raw) == 66 {
			raw = unhex(t, key)
		}
		if got := wire.Address(wire.PublicKey(raw), false); got != want {
			t.Errorf("%x: %s", raw, got)
		}
	}
	test := wire.Address(wire.PublicKey(recordings["seed42_satscard"].Secrets.SlotPub), true)
	if test != "tb1qdu05evh9kw0w482lfl2ktxm6ylp060kmqpe5js" {
		t.Error(test)
	}
	if test := wire.Address(wire.PublicKey(unhex(t,
		"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")),
		true); test != "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx" {
		t.Error(test)
	}
}

func TestABlankedAddressMatchesAtBothEndsOnly(t *testing.T) {
	const address = "bc1qdu05evh9kw0w482lfl2ktxm6ylp060km28z8fr"
	blanked := wire.BlankAddress(address)
	if blanked != "bc1qdu05evh9___p060km28z8fr" || !wire.MatchesBlanked(address, blanked) {
		t.Error(blanked)
	}
	for _, bad := range []string{"", "___", "bc1q___28z8fr", "bc1q___p060km28z8fr", "bc1qdu05evh9___28z8fr",
		blanked[1:], blanked + "x", "x" + blanked, address,
		strings.Replace(blanked, "p060", "p061", 1), strings.Replace(blanked, "___", "__", 1)} {
		if wire.MatchesBlanked(address, bad) {
			t.Errorf("matches %q", bad)
		}
	}
	if wire.BlankAddress("short") != "short" || wire.MatchesBlanked("bc1qdu05evh9p060km28z8fr", blanked) {
		t.Error("an address that is all ends")
	}
}

func TestPathsAreWrittenAsBackupsDo(t *testing.T) {
	for text, path := range map[string][]uint32{
		"m":                                {},
		"m/84h/0h/0h":                      {84 | hard, hard, hard},
		"m/12345h/0x0001e240h/0x00bc614eh": {12345 | hard, 123456 | hard, 12345678 | hard},
		"m/32768/0x00008001/0x7fffffffh":   {32768, 32769, 0xFFFFFFFF},
		"m/1/2/3/4/5/6/7/8":                {1, 2, 3, 4, 5, 6, 7, 8},
		"m/48h/0h/0h/2h":                   {48 | hard, hard, hard, 2 | hard},
	} {
		if got := wire.FormatPath(path); got != text {
			t.Errorf("%v is %s, not %s", path, got, text)
		}
		if got, err := wire.ParsePath(text); err != nil || !slices.Equal(got, path) {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	if got, err := wire.ParsePath("m/44'/0H/5h"); err != nil || !slices.Equal(got, []uint32{44 | hard, hard, 5 | hard}) {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "x", "m/", "m//1", "/1", "m/1x", "m/h", "m/-1", "m/+1", "m/2147483648",
		"m/0x", "m/0x80000000h",
		"m/1_0", "m/ 1", "m" + strings.Repeat("/0", 256)} {
		if p, err := wire.ParsePath(bad); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%q: %v, %v", bad, p, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SliceOfN(rapid.Uint32(), 0, 12).Draw(t, "path")
		if got, err := wire.ParsePath(wire.FormatPath(path)); err != nil || !slices.Equal(got, path) {
			t.Fatal(got, err)
		}
	})
}

func TestPathsThatDeriveAndSignAccept(t *testing.T) {
	eight := slices.Repeat([]uint32{hard}, 8)
	if !wire.ValidPath(nil) || !wire.ValidPath(eight) || wire.ValidPath(append(eight, hard)) ||
		wire.ValidPath([]uint32{hard, 0}) {
		t.Error("paths")
	}
	if !wire.ValidSubpath(nil) || !wire.ValidSubpath([]uint32{0, hard - 1}) || wire.ValidSubpath([]uint32{0, 0, 0}) ||
		wire.ValidSubpath([]uint32{hard}) {
		t.Error("subpaths")
	}
}

func TestRecordedXPubsAreBuiltAndRead(t *testing.T) {
	recordings, _ := readRecordings(t)
	r := recordings["seed42_tapsigner"]
	master, err := wire.ParseXPubAnswer(r.Log[4].Response)
	if err != nil {
		t.Fatal(err)
	}
	built := wire.BuildXPub(false, nil, wire.Bytes32(r.Secrets.ChainCode), wire.PublicKey(r.Secrets.MasterPub))
	if built != master.XPub {
		t.Errorf("%x", built)
	}
	derived, _ := wire.ParseXPubAnswer(r.Log[5].Response)
	key, testnet, err := derived.XPub.Parse()
	if err != nil || testnet || key.Compressed() != [33]byte(r.Secrets.SlotPub) || key.Origin().Depth != 3 ||
		key.Origin().Index != hard || key.Origin().Parent != [4]byte{} {
		t.Errorf("%+v %v", key, err)
	}
	if again := wire.BuildXPub(false, wire.DefaultPath(), key.ChainCode(), key.Compressed()); again != derived.XPub {
		t.Errorf("%x", again)
	}
	test := wire.BuildXPub(true, nil, key.ChainCode(), key.Compressed())
	if k, testnet, err := test.Parse(); err != nil || !testnet || !strings.HasPrefix(k.Encode(hd.Testnet), "tpub") {
		t.Error(err)
	}
	for at, bit := range map[int]byte{0: 1, 5: 1, 12: 1, 45: 4, 4: 0} {
		bad := built
		bad[at] ^= bit
		if at == 4 {
			copy(bad[46:], bytes.Repeat([]byte{0xFF}, 32))
		}
		if _, _, err := bad.Parse(); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestRecordedBackupOpensWithThePrintedKey(t *testing.T) {
	recordings, _ := readRecordings(t)
	r := recordings["seed42_tapsigner"]
	a, err := wire.ParseBackupAnswer(r.Log[11].Response)
	if err != nil {
		t.Fatal(err)
	}
	printed := secret.Copy(bytes.Repeat([]byte("A"), 16))
	b, err := wire.OpenBackup(printed, a.Data)
	if err != nil {
		t.Fatal(err)
	}
	want := []uint32{48 | hard, hard, hard, 2 | hard}
	if !bytes.Equal(reveal(b.Key.Private()), r.Secrets.MasterPriv) || !slices.Equal(b.Path, want) || b.Extra != 0 ||
		b.Network != hd.Mainnet || b.Key.ChainCode() != [32]byte(r.Secrets.ChainCode) {
		t.Errorf("%v %v %d", b.Path, b.Network, b.Extra)
	}
	sealed, err := b.Seal(printed)
	if err != nil || !bytes.Equal(sealed, a.Data) {
		t.Errorf("%v\n%x\n%x", err, sealed, a.Data)
	}
	for _, key := range []string{"BBBBBBBBBBBBBBBB", "AAAAAAAAAAAAAAA", ""} {
		if _, err := wire.OpenBackup(secret.Copy([]byte(key)), a.Data); !errors.Is(err, wire.ErrBackup) {
			t.Errorf("%q: %v", key, err)
		}
	}
	for _, file := range [][]byte{nil, a.Data[:50], a.Data[:112], make([]byte, 2000)} {
		if _, err := wire.OpenBackup(printed, file); !errors.Is(err, wire.ErrBackup) {
			t.Errorf("%d bytes: %v", len(file), err)
		}
	}
}

func TestABackupMayHaveMoreLinesAndOtherLineEnds(t *testing.T) {
	key := make([]byte, 16)
	master, err := hd.Master(secret.Copy(bytes.Repeat([]byte{9}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	xprv := string(reveal(master.XPrv(hd.Testnet)))
	for rest, extra := range map[string]int{"\nm\n": 0, "\r\nm\r\n": 0, "\nm": 0, "\nm\nx": 1, "\nm\nx\ny\n": 2} {
		file := []byte(xprv + rest)
		cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(file, file)
		b, err := wire.OpenBackup(secret.Copy(key), file)
		if err != nil || b.Network != hd.Testnet || b.Extra != extra || len(b.Path) != 0 {
			t.Errorf("%q: %+v %v", rest, b, err)
		}
	}
	for _, rest := range []string{"", "\n", "\nx\n", "\n\nm\n"} {
		file := []byte(xprv + rest)
		cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(file, file)
		if _, err := wire.OpenBackup(secret.Copy(key), file); !errors.Is(err, wire.ErrBackup) {
			t.Errorf("%q: %v", rest, err)
		}
	}
}
