package wire_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

func describe(request, answer []byte) string {
	var lines []string
	c := iso7816.Command{INS: wire.InsTap, Data: request}
	for _, f := range wire.Describe(c, iso7816.Response{Data: answer, SW: iso7816.OK}) {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return strings.Join(lines, "\n")
}

func TestDescribeSaysWhatHappened(t *testing.T) {
	recordings, _ := readRecordings(t)
	s, ts, chip := recordings["seed42_satscard"].Log, recordings["seed42_tapsigner"].Log, recordings["seed42_satschip"].Log
	for _, c := range []struct {
		x    exchange
		want []string
	}{
		{s[0], []string{"command: status", "product: SATSCARD", "firmware: 1.0.3", "card: XDXKQ-W6VW6-GEQI3-ATSC2",
			"birth: 700001",
			"slots: 0 10", "address: bc1qdu05evh9___p060km28z8fr"}},
		{s[1], []string{"command: certs", "certificates: 2"}},
		{s[5], []string{"URL: state S, slot 0"}},
		{s[7], []string{"command: dump", "slot: 1", "used: false"}},
		{s[8], []string{"command: unseal", "slot: 0", "CVC: given"}},
		{s[11], []string{"sealed: false", "address: bc1qdu05evh9___p060km28z8fr"}},
		{s[18], []string{"error: card error 401, the CVC is wrong"}},
		{ts[0], []string{"product: TAPSIGNER", "backups: 0", "path: m/84h/0h/0h"}},
		{ts[4], []string{"command: xpub", "master: true", "CVC: given"}},
		{ts[7], []string{"command: sign", "subpath: m/0/5"}},
		{ts[12], []string{"command: change", "success: true"}},
		{chip[0], []string{"product: SATSCHIP"}},
		{exchange{Request: with(t, "cmd", "6477616974"), Response: with(t, "success", "f5", "auth_delay", "0e")},
			[]string{"command: wait", "wait, seconds: 14"}},
		{exchange{Request: with(t, "cmd", "666865783a0a21"), Response: []byte{0xF6}}, []string{"command: unknown",
			"answer: unreadable"}},
		{exchange{Request: []byte{1}, Response: with(t, "zz", "00")}, []string{"command: unreadable, 1 bytes",
			"answer: 5 bytes"}},
		{exchange{Request: s[5].Request, Response: with(t, "url", "6161")}, []string{"URL: unreadable, 1 characters"}},
	} {
		got := describe(c.x.Request, c.x.Response)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", c.x.Cmd, want, got)
			}
		}
	}
}

func TestDescribeOfOtherAPDUs(t *testing.T) {
	recordings, _ := readRecordings(t)
	answer := iso7816.Response{Data: recordings["seed42_satscard"].Log[0].Response, SW: iso7816.OK}
	if f := wire.Describe(wire.SelectCommand(), answer); f[0].Value != "SELECT" || f[1].Value != "SATSCARD" {
		t.Error(f)
	}
	if f := wire.Describe(iso7816.Command{INS: 0x20},
		iso7816.Response{SW: 0x6D00}); f[0].Value != "unknown, INS 20" || f[1].Value != "6D00" {
		t.Error(f)
	}
	if f := wire.Describe(wire.SelectCommand(), iso7816.Response{SW: 0x6A82}); f[1].Value != "6A82" {
		t.Error(f)
	}
}

// Every byte string of every recorded message is looked for in every description, in hexadecimal and as it is.
func TestDescribeShowsNoBytesOfAnyMessage(t *testing.T) {
	recordings, c := readRecordings(t)
	secrets := [][]byte{c.EphemeralPriv, c.EphemeralPub, c.Nonce, []byte(c.CVC), c.Digest}
	for _, r := range recordings {
		secrets = append(secrets, r.SessionKey, r.Secrets.CardPriv, r.Secrets.MasterPriv, r.Secrets.SlotPriv,
			r.Secrets.ChainCode,
			r.Secrets.CardPub, r.Secrets.SlotPub, r.Secrets.MasterPub)
		for _, x := range r.Log {
			secrets = append(secrets, byteStrings(x.Request)...)
			secrets = append(secrets, byteStrings(x.Response)...)
		}
	}
	if len(secrets) < 150 {
		t.Fatalf("only %d strings to look for", len(secrets))
	}
	for _, r := range recordings {
		for _, x := range r.Log {
			text := describe(x.Request, x.Response)
			for _, s := range secrets {
				if strings.Contains(text, hex.EncodeToString(s)) || strings.Contains(text, string(s)) {
					t.Errorf("%s shows %x:\n%s", x.Cmd, s, text)
				}
			}
		}
	}
}

// byteStrings finds definite CBOR byte strings of 6 to 255 bytes, by their heads; false finds do no harm.
func byteStrings(b []byte) (found [][]byte) {
	for i := range b {
		head, n := 1, int(b[i])-0x40
		if b[i] == 0x58 && i+1 < len(b) {
			head, n = 2, int(b[i+1])
		}
		if n >= 6 && n < 256 && i+head+n <= len(b) {
			found = append(found, bytes.Clone(b[i+head:i+head+n]))
		}
	}
	return found
}
