package wire_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// exchange is one command and its answer, as the emulator was recorded; see testdata/PROVENANCE.md.
type exchange struct {
	Cmd               string
	Request, Response hexBytes
}

// recording is a session with one card.
type recording struct {
	name    string
	Secrets struct {
		CardPriv   hexBytes `json:"card_priv"`
		CardPub    hexBytes `json:"card_pub"`
		Ident      string
		Nonce0     hexBytes
		RootPub    hexBytes   `json:"root_pub"`
		CertChain  []hexBytes `json:"cert_chain"`
		ChainCode  hexBytes   `json:"chain_code"`
		MasterPriv hexBytes   `json:"master_priv"`
		MasterPub  hexBytes   `json:"master_pub"`
		SlotPriv   hexBytes   `json:"slot_priv"`
		SlotPub    hexBytes   `json:"slot_pub"`
		Addr       string
	}
	SessionKey hexBytes `json:"session_key"`
	Log        []exchange
}

// client is what the recorded client used throughout.
type client struct {
	EphemeralPriv hexBytes `json:"app_ephemeral_priv"`
	EphemeralPub  hexBytes `json:"app_ephemeral_pub"`
	Nonce         hexBytes `json:"app_nonce"`
	CVC           string
	Digest        hexBytes
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) error {
	raw, err := hex.DecodeString(string(b))
	*h = raw
	return err
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func readRecordings(tb testing.TB) (map[string]recording, client) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "coinkite-vectors.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		tb.Fatal(err)
	}
	var c client
	recordings := map[string]recording{}
	for name, part := range parts {
		if name == "_fixed" {
			err = json.Unmarshal(part, &c)
		} else {
			r := recording{name: name}
			err = json.Unmarshal(part, &r)
			recordings[name] = r
		}
		if err != nil {
			tb.Fatal(name, err)
		}
	}
	if len(recordings) != 3 {
		tb.Fatalf("%d recordings", len(recordings))
	}
	return recordings, c
}

// again parses a body and encodes it.
func again[T interface{ Encode() ([]byte, error) }](parse func([]byte) (T, error)) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		v, err := parse(body)
		if err != nil {
			return nil, err
		}
		return v.Encode()
	}
}

// asked parses a request and encodes it.
func asked[T interface {
	Command() (iso7816.Command, error)
}](parse func([]byte) (T, error)) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		v, err := parse(body)
		if err != nil {
			return nil, err
		}
		c, err := v.Command()
		return c.Data, err
	}
}

// bare is for requests without arguments.
func bare[T interface {
	Command() (iso7816.Command, error)
}](v T) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) {
		c, err := v.Command()
		return c.Data, err
	}
}

var requestCodecs = map[string]func([]byte) ([]byte, error){
	"status": bare(wire.StatusRequest{}), "certs": bare(wire.CertsRequest{}), "nfc": bare(wire.NFCRequest{}),
	"read": asked(wire.ParseReadRequest), "derive": asked(wire.ParseDeriveRequest), "check": asked(wire.ParseCheckRequest),
	"new": asked(wire.ParseNewRequest), "sign": asked(wire.ParseSignRequest), "wait": asked(wire.ParseWaitRequest),
	"unseal": asked(wire.ParseUnsealRequest), "dump": asked(wire.ParseDumpRequest),
	"change": asked(wire.ParseChangeRequest), "xpub": asked(wire.ParseXPubRequest),
	"backup": asked(wire.ParseBackupRequest),
}

var answerCodecs = map[string]func([]byte) ([]byte, error){
	"status": again(wire.ParseStatusAnswer), "certs": again(wire.ParseCertsAnswer), "nfc": again(wire.ParseNFCAnswer),
	"read": again(wire.ParseReadAnswer), "check": again(wire.ParseCheckAnswer), "new": again(wire.ParseNewAnswer),
	"sign": again(wire.ParseSignAnswer), "wait": again(wire.ParseWaitAnswer), "unseal": again(wire.ParseUnsealAnswer),
	"dump": again(wire.ParseDumpAnswer), "change": again(wire.ParseChangeAnswer), "xpub": again(wire.ParseXPubAnswer),
	"backup":          again(wire.ParseBackupAnswer),
	"satscard derive": again(wire.ParseSatscardDerivation), "derive": again(wire.ParseSignerDerivation),
}

// codec finds the codec of an answer: derive has two.
func (r recording) codec(cmd string) func([]byte) ([]byte, error) {
	if cmd == "derive" && r.name == "seed42_satscard" {
		cmd = "satscard derive"
	}
	return answerCodecs[cmd]
}

func TestRecordedExchangesAreTheSameAfterDecodingAndEncoding(t *testing.T) {
	recordings, _ := readRecordings(t)
	refused := 0
	for name, r := range recordings {
		for i, x := range r.Log {
			if cmd, err := wire.ParseName(x.Request); err != nil || cmd != x.Cmd {
				t.Errorf("%s %d: name %q, %v", name, i, cmd, err)
			}
			if got, err := requestCodecs[x.Cmd](x.Request); err != nil || !bytes.Equal(got, x.Request) {
				t.Errorf("%s %d, %s request: %v\n%x\n%x", name, i, x.Cmd, err, got, x.Request)
			}
			got, err := r.codec(x.Cmd)(x.Response)
			if e, ok := err.(*wire.CardError); ok {
				refused++
				got, err = wire.ErrorAnswer{Error: e.Text, Code: e.Code}.Encode()
			}
			if err != nil || !bytes.Equal(got, x.Response) {
				t.Errorf("%s %d, %s answer: %v\n%x\n%x", name, i, x.Cmd, err, got, x.Response)
			}
		}
	}
	if refused != 2 {
		t.Errorf("%d errors instead of the recorded 425 and 401", refused)
	}
}

func TestRecordedSignaturesVerify(t *testing.T) {
	recordings, c := readRecordings(t)
	verified := 0
	for name, r := range recordings {
		card, slot := wire.PublicKey(r.Secrets.CardPub), wire.PublicKey(r.Secrets.SlotPub)
		session := r.session(t, c)
		var nonce wire.Nonce
		sealed := true
		for i, x := range r.Log {
			ok := func(err error) {
				t.Helper()
				if verified++; err != nil {
					t.Errorf("%s %d, %s: %v", name, i, x.Cmd, err)
				}
			}
			switch x.Cmd {
			case "check":
				a, _ := wire.ParseCheckAnswer(x.Response)
				var covered *wire.PublicKey
				if wire.CheckCoversSlot(r.product(), wire.V1_0_3, sealed) {
					covered = &slot
				}
				if i > 12 {
					covered = r.laterSlot(t)
				}
				ok(a.Signature.Verify(wire.CheckDigest(nonce, c.Nonce, covered), card))
			case "read":
				a, _ := wire.ParseReadAnswer(x.Response)
				n := 0
				if r.product().Signer() {
					a.PublicKey = session.PadPublicKey(a.PublicKey)
				}
				if i > 12 {
					n = 1
				}
				ok(a.Signature.Verify(wire.ReadDigest(nonce, c.Nonce, n), a.PublicKey))
			case "derive":
				ok(r.verifyDerive(x, nonce, c))
			case "sign":
				a, _ := wire.ParseSignAnswer(x.Response)
				ok(a.Signature.Verify([32]byte(c.Digest), a.PublicKey))
			case "nfc":
				a, _ := wire.ParseNFCAnswer(x.Response)
				u, err := wire.ParseURL(a.URL)
				if err == nil {
					_, err = u.Verify()
				}
				ok(err)
			case "unseal":
				sealed = false
			}
			if n, found := wire.NextNonce(x.Response); found {
				nonce = n
			}
		}
	}
	if verified != 20 {
		t.Errorf("%d signatures verified", verified)
	}
}

func (r recording) product() wire.Product {
	return map[string]wire.Product{
		"seed42_satscard": wire.Satscard, "seed42_tapsigner": wire.Tapsigner, "seed42_satschip": wire.Satschip,
	}[r.name]
}

// laterSlot is the key of the SATSCARD's second slot, as the recorded read after new tells it.
func (r recording) laterSlot(t *testing.T) *wire.PublicKey {
	t.Helper()
	a, err := wire.ParseReadAnswer(r.Log[14].Response)
	if err != nil {
		t.Fatal(err)
	}
	return &a.PublicKey
}

// verifyDerive checks derive by the emulator's rules: a TAPSIGNER signs with the derived key over its chain code.
func (r recording) verifyDerive(x exchange, nonce wire.Nonce, c client) error {
	if r.product() == wire.Satscard {
		a, err := wire.ParseSatscardDerivation(x.Response)
		if err != nil {
			return err
		}
		return a.Signature.Verify(wire.DeriveDigest(nonce, c.Nonce, a.ChainCode), a.MasterPublic)
	}
	a, err := wire.ParseSignerDerivation(x.Response)
	if err != nil {
		return err
	}
	return a.Signature.Verify(wire.DeriveDigest(nonce, c.Nonce, a.ChainCode), a.PublicKey)
}

// session is the one that all recorded commands share.
func (r recording) session(tb testing.TB, c client) wire.Session {
	tb.Helper()
	_, s, err := wire.Authenticate(bytes.NewReader(c.EphemeralPriv), wire.PublicKey(r.Secrets.CardPub), wire.Nonce{},
		"any", secret.Copy([]byte(c.CVC)))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
