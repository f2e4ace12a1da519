package applet_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// recording is a session with the emulator; testdata/PROVENANCE.md explains the fields.
type recording struct {
	Secrets struct {
		CardPriv   hexBytes   `json:"card_priv"`
		CertChain  []hexBytes `json:"cert_chain"`
		ChainCode  hexBytes   `json:"chain_code"`
		MasterPriv hexBytes   `json:"master_priv"`
		Ident      string
	}
	Log []struct {
		Cmd               string
		Request, Response hexBytes
	}
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(string(b))
	*h = raw
	return err
}

var recorded = map[string]wire.Product{
	"seed42_satscard": wire.Satscard, "seed42_tapsigner": wire.Tapsigner, "seed42_satschip": wire.Satschip,
}

func readRecordings(tb testing.TB) map[string]recording {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "coinkite-vectors.json"))
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]recording{}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		tb.Fatal(err)
	}
	for name := range recorded {
		var r recording
		if err := json.Unmarshal(parts[name], &r); err != nil || len(r.Log) == 0 {
			tb.Fatal(name, err)
		}
		all[name] = r
	}
	return all
}

// drawn is all that the recorded card drew, in order, as its answers show it: nonces, the nonces of URLs, and the key
// that new picked, which fresh says.
func (r recording) drawn(tb testing.TB, fresh []byte) []byte {
	tb.Helper()
	var stream []byte
	var last wire.Nonce
	for _, x := range r.Log {
		if a, err := wire.ParseNFCAnswer(x.Response); x.Cmd == "nfc" {
			u, err2 := wire.ParseURL(a.URL)
			if err != nil || err2 != nil {
				tb.Fatal(err, err2)
			}
			stream = append(stream, u.Nonce[:]...)
		}
		if x.Cmd == "new" {
			stream = append(stream, fresh...)
		}
		if n, ok := wire.NextNonce(x.Response); ok && n != last {
			stream, last = append(stream, n[:]...), n
		}
	}
	return stream
}

// fresh is the key that the SATSCARD picked for its second slot. All three cards drew from the same stream, and the
// TAPSIGNER shows that part of it: the second half of a nonce, the next nonce, and that of its URL.
func fresh(tb testing.TB, tapsigner recording) []byte {
	tb.Helper()
	b, err := wire.ParseBackupAnswer(tapsigner.Log[11].Response)
	c, err2 := wire.ParseChangeAnswer(tapsigner.Log[12].Response)
	n, err3 := wire.ParseNFCAnswer(tapsigner.Log[13].Response)
	u, err4 := wire.ParseURL(n.URL)
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	return bytes.Join([][]byte{b.CardNonce[8:], c.CardNonce[:], u.Nonce[:]}, nil)
}

// card makes a card of ours with the recorded one's secrets.
func (r recording) card(tb testing.TB, p wire.Product, random []byte) (*softcard.Card, *bytes.Reader) {
	tb.Helper()
	var chain []wire.Certificate
	for _, c := range r.Secrets.CertChain {
		chain = append(chain, wire.Certificate(c))
	}
	stream := bytes.NewReader(random)
	env := softcard.NewEnv(softcard.NewStore())
	env.Rand = stream
	card, label, err := applet.NewCard(applet.Options{
		Product: p, Profile: applet.Emulator, Env: env, Lucky: true, Birth: applet.Block{Height: 700001},
		Personal: &applet.Personal{
			CardKey: secret.Copy(r.Secrets.CardPriv), Certificates: chain, CVC: "123456",
			BackupKey: secret.Copy(bytes.Repeat([]byte("A"), 16)),
			MasterKey: secret.Copy(r.Secrets.MasterPriv), ChainCode: wire.Bytes32(r.Secrets.ChainCode),
		},
	})
	if err != nil || label.Ident != r.Secrets.Ident {
		tb.Fatal(err, label.Ident)
	}
	card.PowerOn()
	return card, stream
}

func TestRecordedSessionsOfTheEmulator(t *testing.T) {
	recordings := readRecordings(t)
	key := fresh(t, recordings["seed42_tapsigner"])
	for name, product := range recorded {
		t.Run(name, func(t *testing.T) {
			r := recordings[name]
			card, random := r.card(t, product, r.drawn(t, key))
			transmit(t, card, wire.SelectCommand())
			for i, x := range r.Log {
				got := transmit(t, card, tap(x.Request))
				if got.SW != 0x9000 || !bytes.Equal(got.Data, x.Response) {
					t.Fatalf("%d, %s:\nanswered %x\nrecorded %x", i, x.Cmd, got.Data, x.Response)
				}
			}
			if random.Len() != 0 {
				t.Errorf("%d random bytes of the recorded card were not used", random.Len())
			}
		})
	}
}
