package wire_test

import (
	"bytes"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

func seedWithRecordings(f *testing.F) {
	recordings, _ := readRecordings(f)
	for _, r := range recordings {
		for _, x := range r.Log {
			f.Add([]byte(x.Request))
			f.Add([]byte(x.Response))
		}
	}
}

// What decodes must encode, and decode to the same again.
func FuzzMessages(f *testing.F) {
	seedWithRecordings(f)
	f.Add([]byte("\xbf\x63cmd\x64sign\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, codecs := range []map[string]func([]byte) ([]byte, error){requestCodecs, answerCodecs} {
			for name, codec := range codecs {
				first, err := codec(body)
				if err != nil {
					continue
				}
				if second, err := codec(first); err != nil || !bytes.Equal(first, second) {
					t.Errorf("%s: %v\n%x\n%x", name, err, first, second)
				}
			}
		}
		_, _ = wire.ParseName(body)
		_ = wire.ParseError(body)
		wire.NextNonce(body)
		if d := wire.Describe(iso7816.Command{INS: wire.InsTap, Data: body}, iso7816.Response{Data: body,
			SW: iso7816.OK}); len(d) == 0 {
			t.Error("nothing to say")
		}
	})
}

func FuzzURL(f *testing.F) {
	recordings, _ := readRecordings(f)
	for name, i := range map[string]int{"seed42_satscard": 5, "seed42_tapsigner": 13, "seed42_satschip": 10} {
		a, err := wire.ParseNFCAnswer(recordings[name].Log[i].Response)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.URL)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := wire.ParseURL(s)
		if err != nil {
			return
		}
		if again, err := wire.ParseURL(u.String(wire.Satscard)); err != nil || again != u {
			t.Errorf("%q: %v", s, err)
		}
		_, _ = u.Verify()
	})
}

func FuzzBackup(f *testing.F) {
	recordings, _ := readRecordings(f)
	a, err := wire.ParseBackupAnswer(recordings["seed42_tapsigner"].Log[11].Response)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a.Data, bytes.Repeat([]byte("A"), 16))
	f.Fuzz(func(t *testing.T, file, key []byte) {
		b, err := wire.OpenBackup(secret.Copy(key), file)
		if err != nil {
			return
		}
		again, err := b.Seal(secret.Copy(key))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := wire.OpenBackup(secret.Copy(key), again); err != nil || c.Key.PublicKey() != b.Key.PublicKey() {
			t.Error(err)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add("m/84h/0h/0x0001e240h")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := wire.ParsePath(s)
		if err != nil {
			return
		}
		if again, err := wire.ParsePath(wire.FormatPath(p)); err != nil || len(again) != len(p) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func FuzzXPub(f *testing.F) {
	f.Add(make([]byte, 78))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == wire.XPubSize {
			_, _, _ = wire.XPub(b).Parse()
		}
	})
}
