package keycard_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
)

// kinds are all the kinds of errors that the host may give about a card's answer.
var kinds = []error{
	card.ErrAuthRequired, card.ErrWrongPIN, card.ErrBlocked, card.ErrConditions, card.ErrWrongData, card.ErrNotFound,
	card.ErrNoSpace, card.ErrUnsupported, card.ErrInvalidKey, card.ErrInternal, card.ErrUnexpectedSW,
	card.ErrBadResponse, card.ErrBadMAC, card.ErrBadSignature, card.ErrCardMismatch, card.ErrLastTry, card.ErrPairing,
	card.ErrUnknownApplet,
}

func typed(err error) bool {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return true
		}
	}
	return err == nil
}

// sessionMethods are all the methods of a session that send something.
var sessionMethods = map[string]func(context.Context, *keycard.Session) error{
	"Status":       func(ctx context.Context, s *keycard.Session) error { return second(s.Status(ctx)) },
	"KeyPath":      func(ctx context.Context, s *keycard.Session) error { return second(s.KeyPath(ctx)) },
	"VerifyPIN":    func(ctx context.Context, s *keycard.Session) error { return s.VerifyPIN(ctx, pin(thePIN)) },
	"ChangePIN":    func(ctx context.Context, s *keycard.Session) error { return s.ChangePIN(ctx, pin(thePIN)) },
	"ChangePUK":    func(ctx context.Context, s *keycard.Session) error { return s.ChangePUK(ctx, pin(thePUK)) },
	"ChangeSecret": func(ctx context.Context, s *keycard.Session) error { return s.ChangePairingSecret(ctx, theSecret()) },
	"Unblock":      func(ctx context.Context, s *keycard.Session) error { return s.Unblock(ctx, pin(thePUK), pin(thePIN)) },
	"Unpair":       func(ctx context.Context, s *keycard.Session) error { return s.Unpair(ctx, 1) },
	"LoadKeyPair":  func(ctx context.Context, s *keycard.Session) error { return second(s.LoadKeyPair(ctx, theSecret())) },
	"LoadExtended": func(ctx context.Context, s *keycard.Session) error { return second(s.LoadExtended(ctx, seedKey)) },
	"LoadSeed":     func(ctx context.Context, s *keycard.Session) error { return second(s.LoadSeed(ctx, theSeed())) },
	"GenerateKey":  func(ctx context.Context, s *keycard.Session) error { return second(s.GenerateKey(ctx)) },
	"RemoveKey":    func(ctx context.Context, s *keycard.Session) error { return s.RemoveKey(ctx) },
	"Derive":       func(ctx context.Context, s *keycard.Session) error { return s.Derive(ctx, wire.FromMaster, hd.Path{1}) },
	"Mnemonic":     func(ctx context.Context, s *keycard.Session) error { return second(s.GenerateMnemonic(ctx, 12)) },
	"Sign": func(ctx context.Context, s *keycard.Session) error {
		sig, err := s.Sign(ctx, theDigest, keycard.Current())
		if err == nil {
			return sig.Verify(theDigest, sig.PublicKey) // whatever comes back must be right
		}
		return err
	},
	"SignPath": func(ctx context.Context, s *keycard.Session) error {
		return second(s.Sign(ctx, theDigest, keycard.At(hd.Path{1})))
	},
	"SetPinless": func(ctx context.Context, s *keycard.Session) error { return s.SetPinlessPath(ctx, hd.Path{1}) },
	"ExportPublic": func(ctx context.Context, s *keycard.Session) error {
		return second(s.ExportPublic(ctx, keycard.At(nil)))
	},
	"ExportPrivate": func(ctx context.Context, s *keycard.Session) error {
		return third(s.ExportPrivate(ctx, keycard.Current()))
	},
	"ExportXPub": func(ctx context.Context, s *keycard.Session) error { return second(s.ExportXPub(ctx, keycard.At(nil))) },
	"ExportNext": func(ctx context.Context, s *keycard.Session) error { return third(s.ExportNext(ctx, hd.Path{1})) },
	"SetNDEF":    func(ctx context.Context, s *keycard.Session) error { return s.SetNDEF(ctx, []byte("x")) },
	"StoreData":  func(ctx context.Context, s *keycard.Session) error { return s.StoreData(ctx, keycard.DataPublic, nil) },
	"GetData":    func(ctx context.Context, s *keycard.Session) error { return second(s.Card().GetData(ctx, 0)) },
	"Identify":   func(ctx context.Context, s *keycard.Session) error { return second(s.Card().Identify(ctx, nobody)) },
	"SignPinless": func(ctx context.Context, s *keycard.Session) error {
		return second(s.Card().SignPinless(ctx, theDigest))
	},
	"DupStart":  func(ctx context.Context, s *keycard.Session) error { return s.DuplicateStart(ctx, 2, theSecret()) },
	"DupExport": func(ctx context.Context, s *keycard.Session) error { return second(s.DuplicateExport(ctx)) },
	"DupImport": func(ctx context.Context, s *keycard.Session) error {
		return second(s.DuplicateImport(ctx, make([]byte, 96)))
	},
}

// cardMethods are those of a card that need no session.
var cardMethods = map[string]func(context.Context, *keycard.Card) error{
	"Init":         func(ctx context.Context, c *keycard.Card) error { return c.Init(ctx, initOptions()) },
	"HasDuressPIN": func(ctx context.Context, c *keycard.Card) error { return second(c.HasDuressPIN(ctx)) },
	"Pair":         func(ctx context.Context, c *keycard.Card) error { return second(c.Pair(ctx, theSecret())) },
	"Open": func(ctx context.Context, c *keycard.Card) error {
		return second(c.Open(ctx, keycard.Pairing{Key: theSecret()}))
	},
	"UsedSlots":    func(ctx context.Context, c *keycard.Card) error { return second(c.UsedSlots(ctx)) },
	"Identify":     func(ctx context.Context, c *keycard.Card) error { return second(c.Identify(ctx, nobody)) },
	"GetData":      func(ctx context.Context, c *keycard.Card) error { return second(c.GetData(ctx, 0)) },
	"SignPinless":  func(ctx context.Context, c *keycard.Card) error { return second(c.SignPinless(ctx, theDigest)) },
	"NDEF":         func(ctx context.Context, c *keycard.Card) error { return second(c.NDEF(ctx)) },
	"FactoryReset": func(ctx context.Context, c *keycard.Card) error { return c.FactoryReset(ctx) },
	"AddEntropy":   func(ctx context.Context, c *keycard.Card) error { return c.DuplicateAddEntropy(ctx, theSecret()) },
}

var seedKey = func() *hd.Key {
	key, err := hd.Master(theSeed())
	if err != nil {
		panic(err)
	}
	return key
}()

func nobody([]byte) (string, bool) { return "", false }

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

// recorded are the answers of the real applet, without repetitions: as they went over the air, bare or wrapped, and the
// plaintext inside the wrapped ones.
func recorded(t testing.TB) (bare, wrapped, inner [][]byte) {
	t.Helper()
	files, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	seen := map[string]bool{}
	add := func(to *[][]byte, text string) {
		b, err := hex.DecodeString(text)
		must(t, err)
		if !seen[text] && len(b) > 0 {
			seen[text] = true
			*to = append(*to, b)
		}
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		var steps []struct {
			Resp  string `json:"resp"`
			Plain string `json:"plain_resp"`
		}
		must(t, json.Unmarshal(raw, &steps))
		for _, s := range steps {
			if s.Plain == "" {
				add(&bare, s.Resp)
				continue
			}
			add(&wrapped, s.Resp)
			add(&inner, s.Plain)
		}
	}
	return bare, wrapped, inner
}

// mutations calls f with b cut short at every length, with each bit flipped, as it is, and with a tail. In short mode
// one bit of each byte must do.
func mutations(b []byte, f func([]byte)) {
	for n := range b {
		f(b[:n:n])
	}
	for i := range 8 * len(b) {
		if testing.Short() && i%8 != i/8%8 {
			continue
		}
		flipped := append([]byte(nil), b...)
		flipped[i/8] ^= 1 << (i % 8)
		f(flipped)
	}
	f(b)
	f(append(append([]byte(nil), b...), 0x90, 0x00))
}

var hostileVersions = []wire.Version{wire.V2_0, wire.V2_3, wire.V3_1}

func TestWhateverComesInsideTheChannelIsATypedError(t *testing.T) {
	_, _, answers := recorded(t)
	for _, v := range hostileVersions {
		f := newFake(t, v)
		s := f.session(keycard.Options{SpendLastTry: true})
		host, cardSide := s.Freeze(), *f.channel
		for name, method := range sessionMethods {
			for _, answer := range answers {
				mutations(answer, func(b []byte) {
					host()
					*f.channel, f.asked, f.seen = cardSide, 0, f.seen[:0]
					f.answer = func(iso7816.Command) iso7816.Response { return plain(b) }
					if err := method(t.Context(), s); !typed(err) {
						t.Fatalf("%v %s, answer %x: %v", v, name, b, err)
					}
				})
			}
		}
	}
}

// plain is an answer that may lack even its status word: then the card's data is empty.
func plain(b []byte) iso7816.Response {
	r, err := iso7816.ParseResponse(b)
	if err != nil {
		return iso7816.Response{SW: iso7816.Status(0x9000)}
	}
	if len(r.Data) > wire.MaxWrappedResponse {
		r.Data = r.Data[:wire.MaxWrappedResponse]
	}
	return r
}

func TestWhateverComesInsteadOfTheChannelClosesIt(t *testing.T) {
	bare, wrapped, _ := recorded(t)
	f := newFake(t, wire.V2_3)
	s := f.session(keycard.Options{SpendLastTry: true})
	host := s.Freeze()
	for name, method := range sessionMethods {
		if name == "Identify" || name == "ExportXPub" { // not in this version: nothing is sent
			continue
		}
		for _, answer := range slices.Concat(bare, wrapped) {
			mutations(answer, func(b []byte) {
				host()
				f.asked = 0
				f.raw = func(iso7816.Command, []byte) []byte { return b }
				err := method(t.Context(), s)
				if err == nil || !typed(err) {
					t.Fatalf("%s, answer %x: %v", name, b, err)
				}
			})
		}
	}
}

func TestWhateverComesBeforeTheChannelIsATypedError(t *testing.T) {
	answers, _, _ := recorded(t)
	for name, method := range cardMethods {
		for _, answer := range answers {
			hostilePlain(t, wire.V3_1, name, method, answer)
		}
	}
}

func hostilePlain(t *testing.T, v wire.Version, name string, method func(context.Context, *keycard.Card) error,
	answer []byte) {
	t.Helper()
	f := newFake(t, v)
	if name == "Init" {
		f.info.Initialized = false
	}
	c, err := keycard.Select(t.Context(), card.NewChannel(f))
	must(t, err)
	mutations(answer, func(b []byte) {
		f.asked, f.seen = 0, nil
		f.raw = func(cmd iso7816.Command, honest []byte) []byte {
			if cmd.INS == iso7816.InsSelect && f.asked%2 == 1 {
				return honest // so that the lie also comes after it
			}
			return b
		}
		if err := method(t.Context(), c); !typed(err) {
			t.Fatalf("%v %s, answer %x: %v", v, name, b, err)
		}
	})
}

func TestWhateverAnswersSelectIsATypedError(t *testing.T) {
	bare, _, inner := recorded(t)
	f := newFake(t, wire.V2_3)
	for _, answer := range slices.Concat(bare, inner) {
		mutations(answer, func(b []byte) {
			f.asked = 0
			f.raw = func(iso7816.Command, []byte) []byte { return b }
			if _, err := keycard.Select(t.Context(), card.NewChannel(f)); !typed(err) {
				t.Fatalf("answer %x: %v", b, err)
			}
		})
	}
}

func TestNothingAtAllIsATypedError(t *testing.T) {
	f := newFake(t, wire.V3_1)
	s := f.session(keycard.Options{})
	thaw := s.Freeze()
	f.raw = func(iso7816.Command, []byte) []byte { return nil }
	for name, method := range sessionMethods {
		thaw()
		if err := method(t.Context(), s); err == nil || !typed(err) {
			t.Errorf("%s: %v", name, fmt.Sprint(err))
		}
	}
	for name, method := range cardMethods {
		if name == "HasDuressPIN" { // known from the version
			continue
		}
		thaw()
		s.Close()
		if err := method(t.Context(), s.Card()); err == nil || !typed(err) {
			t.Errorf("%s: %v", name, fmt.Sprint(err))
		}
	}
}
