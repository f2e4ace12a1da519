package wire_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// Hex of CBOR: a status answer as a card with indefinite lengths, chunks, long integers and unknown fields sends it.
const oddStatus = "bf" +
	"6570726f746f" + "1b0000000000000001" + // proto: 1 in nine bytes
	"7f" + "6176" + "626572" + "ff" + "65312e302e33" + // "ver" in two chunks
	"656269727468" + "1a000aae61" +
	"667075626b6579" + "5f" + "4103" + "5820" + "32830e3209e950957ad3964c223f88f8df61dad2f716087f5c336da63372a56e" + "ff" +
	"6a636172645f6e6f6e6365" + "5f" + "5048494a4b4c4d4e4f5051525354555657" + "40" + "ff" +
	"65736c6f7473" + "9f" + "190000" + "180a" + "ff" +
	"ff"

func TestAnswersOfRealCardsMayBeIndefiniteAndLong(t *testing.T) {
	a, err := wire.ParseStatusAnswer(unhex(t, oddStatus))
	if err != nil {
		t.Fatal(err)
	}
	if a.Slot() != 0 || a.SlotCount() != 10 || a.Version() != wire.V1_0_3 || a.Birth != 700001 ||
		a.CardNonce[15] != 0x57 ||
		wire.Ident(a.PublicKey) != "XDXKQ-W6VW6-GEQI3-ATSC2" {
		t.Errorf("%+v", a)
	}
	definite, err := a.Encode()
	if err != nil || definite[0] != 0xA6 {
		t.Error("what we write is strict", err)
	}
}

// with puts fields into a definite map, given as hex.
func with(t *testing.T, pairs ...string) []byte {
	t.Helper()
	if len(pairs)%2 != 0 || len(pairs) > 46 {
		t.Fatal("pairs")
	}
	b := []byte{0xA0 + byte(len(pairs)/2)}
	for i := 0; i < len(pairs); i += 2 {
		b = append(append(append(b, 0x60+byte(len(pairs[i]))), pairs[i]...), unhex(t, pairs[i+1])...)
	}
	return b
}

func TestUnknownFieldsAndNullsAreIgnored(t *testing.T) {
	nonce := "50101112131415161718191a1b1c1d1e1f"
	body := with(t, "cmd", "6472656164", "nonce", nonce, "epubkey", "f6", "xcvc", "f6", "chain_code", "f6", "zz",
		"fb3ff0000000000000",
		"zy", "d9d9f7820102", "zx", "a1f6f6", "zw", "2a")
	r, err := wire.ParseReadRequest(body)
	if err != nil || r.Given() || r.Partial() || len(r.Nonce) != 16 {
		t.Errorf("%+v %v", r, err)
	}
	n, err := wire.ParseNewRequest(with(t, "cmd", "636e6577", "chain_code", "f6", "slot", "f6"))
	if err != nil || n.ChainCode != nil || n.Slot != nil {
		t.Errorf("%+v %v", n, err)
	}
}

func TestAnEmptyPathIsNotAMissingOne(t *testing.T) {
	nonce := "50101112131415161718191a1b1c1d1e1f"
	r, err := wire.ParseDeriveRequest(with(t, "nonce", nonce, "path", "80"))
	if err != nil || r.Path == nil || len(r.Path) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	c, err := wire.DeriveRequest{Nonce: r.Nonce, Path: []uint32{}}.Command()
	if err != nil || !bytes.Contains(c.Data, []byte("dpath\x80")) {
		t.Errorf("%x %v", c.Data, err)
	}
	if r, err = wire.ParseDeriveRequest(with(t, "nonce", nonce)); err != nil || r.Path != nil {
		t.Errorf("%+v %v", r, err)
	}
	c, err = wire.DeriveRequest{Nonce: r.Nonce}.Command()
	if err != nil || bytes.Contains(c.Data, []byte("path")) || bytes.Contains(c.Data, []byte{0xF6}) {
		t.Errorf("%x %v", c.Data, err)
	}
}

func TestHostileCBORIsRefused(t *testing.T) {
	nonce := "50101112131415161718191a1b1c1d1e1f"
	for name, c := range map[string]struct {
		body []byte
		want error
	}{
		"nothing":            {nil, wire.ErrCBOR},
		"null":               {unhex(t, "f6"), wire.ErrCBOR},
		"an array":           {unhex(t, "80"), wire.ErrCBOR},
		"cut short":          {unhex(t, "a1636e6f"), wire.ErrCBOR},
		"no break":           {unhex(t, "bf"), wire.ErrCBOR},
		"trailing bytes":     {append(with(t, "nonce", nonce), 0), wire.ErrCBOR},
		"known key twice":    {with(t, "nonce", nonce, "nonce", nonce), wire.ErrCBOR},
		"unknown key twice":  {with(t, "nonce", nonce, "zz", "00", "zz", "01"), wire.ErrCBOR},
		"2^32 pairs":         {unhex(t, "ba7fffffff"), wire.ErrCBOR},
		"2^31 bytes":         {append(with(t), unhex(t, "5a7fffffff")...), wire.ErrCBOR},
		"2^63 elements":      {with(t, "path", "9b7fffffffffffffff"), wire.ErrCBOR},
		"65 elements":        {with(t, "nonce", nonce, "path", "9841"+strings.Repeat("00", 65)), wire.ErrCBOR},
		"33 pairs":           {append(append([]byte{0xB8, 33}, with(t, "nonce", nonce)[1:]...), many(32)...), wire.ErrCBOR},
		"nested too deep":    {with(t, "zz", strings.Repeat("81", 12)+"00"), wire.ErrCBOR},
		"too long":           {with(t, "zz", "590400"+strings.Repeat("00", 1024)), wire.ErrCBOR},
		"nonce of 15":        {with(t, "nonce", "4f"+strings.Repeat("01", 15)), wire.ErrFormat},
		"nonce of 17":        {with(t, "nonce", "51"+strings.Repeat("01", 17)), wire.ErrFormat},
		"nonce is text":      {with(t, "nonce", "70"+strings.Repeat("41", 16)), wire.ErrFormat},
		"no nonce":           {with(t), wire.ErrFormat},
		"nonce is null":      {with(t, "nonce", "f6"), wire.ErrFormat},
		"key of 32":          {with(t, "nonce", nonce, "epubkey", "5820"+strings.Repeat("02", 32)), wire.ErrFormat},
		"CVC of 5":           {with(t, "nonce", nonce, "xcvc", "450102030405"), wire.ErrFormat},
		"CVC of 33":          {with(t, "nonce", nonce, "xcvc", "5821"+strings.Repeat("02", 33)), wire.ErrFormat},
		"component negative": {with(t, "nonce", nonce, "path", "8120"), wire.ErrFormat},
		"component too big":  {with(t, "nonce", nonce, "path", "811b0000000100000000"), wire.ErrFormat},
		"path is a number":   {with(t, "nonce", nonce, "path", "01"), wire.ErrFormat},
		"component a float":  {with(t, "nonce", nonce, "path", "81f93c00"), wire.ErrFormat},
	} {
		if _, err := wire.ParseDeriveRequest(c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// many is n pairs of distinct keys.
func many(n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, 0x62, 'a'+byte(i/16), 'a'+byte(i%16), 0)
	}
	return b
}

func TestKeysAreCaseSensitive(t *testing.T) {
	if _, err := wire.ParseCheckRequest(with(t, "Nonce", "50101112131415161718191a1b1c1d1e1f")); !errors.Is(err,
		wire.ErrFormat) {
		t.Error("Nonce was taken for nonce", err)
	}
}

func TestErrorsOfCards(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		code int
		text string
	}{
		"usual":          {with(t, "error", "6862616420617574"+"68", "code", "190191"), 401, "bad auth"},
		"without a code": {with(t, "error", "6161"), 500, "a"},
		"without a text": {with(t, "code", "18cd"), 205, ""},
		"more fields":    {with(t, "code", "18cd", "card_nonce", "00"), 205, ""},
		"negative":       {with(t, "code", "20"), -1, ""},
	} {
		var e *wire.CardError
		_, err := wire.ParseReadAnswer(c.body)
		if !errors.As(err, &e) || e.Code != c.code || e.Text != c.text {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(e.Error(), "\n") || c.text != "" && c.code == 500 && strings.Contains(e.Error(), ": a") {
			t.Errorf("%s: %q", name, e.Error())
		}
	}
	if err := wire.ParseError(with(t, "code", "6161")); !errors.Is(err, wire.ErrFormat) {
		t.Error(err)
	}
	if err := wire.ParseError(with(t)); err != nil {
		t.Error(err)
	}
	if got := (&wire.CardError{Code: 999, Text: "\x1b[2J"}).Error(); got != "card error 999" {
		t.Error(got)
	}
}

func TestNextNonceIsWhateverAnAnswerCarries(t *testing.T) {
	n, ok := wire.NextNonce(with(t, "zz", "00", "card_nonce", "50101112131415161718191a1b1c1d1e1f"))
	if !ok || n[15] != 0x1F {
		t.Error("not found")
	}
	for _, body := range [][]byte{nil, with(t), with(t, "card_nonce", "f6"), with(t, "card_nonce", "4100"),
		unhex(t, "80")} {
		if _, ok := wire.NextNonce(body); ok {
			t.Errorf("found one in %x", body)
		}
	}
}

func TestStatusAnswersThatMakeNoSenseAreRefused(t *testing.T) {
	good := map[string]string{"proto": "01", "ver": "65312e302e33", "birth": "01",
		"pubkey":     "582102" + strings.Repeat("11", 32),
		"card_nonce": "50" + strings.Repeat("12", 16), "slots": "82000a"}
	build := func(changes ...string) []byte {
		m := map[string]string{}
		for k, v := range good {
			m[k] = v
		}
		for i := 0; i < len(changes); i += 2 {
			if m[changes[i]] = changes[i+1]; changes[i+1] == "" {
				delete(m, changes[i])
			}
		}
		var pairs []string
		for k, v := range m {
			pairs = append(pairs, k, v)
		}
		return with(t, pairs...)
	}
	signer := []string{"slots", "", "tapsigner", "f5"}
	for _, ok := range [][]string{nil, signer, append(signer, "satschip", "f5"), {"slots", "820a0a"},
		{"auth_delay", "0f"}, {"tampered", "f5"},
		append(signer, "path", "80"), append(signer, "num_backups", "187f")} {
		if _, err := wire.ParseStatusAnswer(build(ok...)); err != nil {
			t.Errorf("%v: %v", ok, err)
		}
	}
	for _, bad := range [][]string{{"proto", ""}, {"proto", "02"}, {"ver", ""}, {"ver", "6131"}, {"birth", "20"},
		{"pubkey", ""},
		{"pubkey", "582104" + strings.Repeat("11", 32)}, {"card_nonce", ""}, {"slots", ""}, {"slots", "8100"},
		{"slots", "820b0a"},
		{"slots", "82200a"}, {"slots", "820000"}, {"slots", "83000a00"}, {"tapsigner", "f5"}, {"satschip", "f5"},
		{"auth_delay", "20"}, {"auth_delay", "1a7fffffff"}, {"addr", "7865" + strings.Repeat("61", 101)}, {"testnet", "01"},
		append(signer, "path", "8100"), append(signer, "path", "89"+strings.Repeat("1a80000000", 9)), append(signer,
			"num_backups", "1880"),
	} {
		if _, err := wire.ParseStatusAnswer(build(bad...)); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestRequestsThatNoCardWouldTakeAreNotSent(t *testing.T) {
	nonce := bytes.Repeat([]byte{1, 2}, 8)
	slot, negative := 3, -1
	auth := wire.Auth{EphemeralKey: make([]byte, 33), MaskedCVC: make([]byte, 6)}
	for name, send := range map[string]interface {
		Command() (iso7816.Command, error)
	}{
		"nonce of 8":       wire.ReadRequest{Nonce: nonce[:8]},
		"no nonce":         wire.CheckRequest{},
		"soft path":        wire.DeriveRequest{Nonce: nonce, Path: []uint32{1}},
		"hard subpath":     wire.SignRequest{Digest: wire.Bytes32{1}, Subpath: []uint32{hard}, Auth: auth},
		"no digest":        wire.SignRequest{Auth: auth},
		"negative slot":    wire.UnsealRequest{Slot: &negative, Auth: auth},
		"no slot":          wire.DumpRequest{},
		"short chain code": wire.NewRequest{Slot: &slot, ChainCode: nonce, Auth: auth},
		"short CVC":        wire.ChangeRequest{NewCVC: make([]byte, 5), Auth: auth},
		"short mask":       wire.BackupRequest{Auth: wire.Auth{EphemeralKey: make([]byte, 33), MaskedCVC: make([]byte, 5)}},
		"short key":        wire.XPubRequest{Auth: wire.Auth{EphemeralKey: make([]byte, 32), MaskedCVC: make([]byte, 6)}},
	} {
		if c, err := send.Command(); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %x, %v", name, c.Data, err)
		}
	}
	long := wire.Auth{EphemeralKey: make([]byte, 33), MaskedCVC: make([]byte, 32)}
	deepest := wire.DeriveRequest{Nonce: nonce, Path: []uint32{1<<32 - 1, 1<<32 - 1, 1<<32 - 1, 1<<32 - 1,
		1<<32 - 1, 1<<32 - 1, 1<<32 - 1, 1<<32 - 1}, Auth: long}
	if c, err := deepest.Command(); err != nil || len(c.Data) > 255 {
		t.Errorf("the longest request has %d bytes, %v", len(c.Data), err)
	}
}
