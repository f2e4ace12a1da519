package keycard_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tapcard.example/card"
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
// one bit of every other byte must do.
func mutations(b []byte, f func([]byte)) {
	for n := range b {
		f(b[:n:n])
	}
	for i := range 8 * len(b) {
		if testing.Short() && i%16 != i/16%16 {
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

func hostilePlain(t *testing.T, v wire.Version, name string, method func(ctxt, *keycard.Card) error,
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

// FuzzCardAnswers gives every method answers out of the fuzzer's bytes: inside the channel, and then instead of it.
func FuzzCardAnswers(f *testing.F) {
	bare, _, inner := recorded(f)
	for _, answer := range slices.Concat(bare, inner) {
		f.Add(answer)
	}
	fc := newFake(f, wire.V3_1)
	s := fc.session(keycard.Options{SpendLastTry: true})
	host, cardSide := s.Freeze(), *fc.channel
	f.Fuzz(func(t *testing.T, answer []byte) {
		fc.t = t
		for name, method := range sessionMethods {
			host()
			*fc.channel, fc.asked, fc.seen, fc.raw = cardSide, 0, nil, nil
			fc.answer = func(iso7816.Command) iso7816.Response { return plain(answer) }
			if err := method(t.Context(), s); !typed(err) {
				t.Errorf("%s inside: %v", name, err)
			}
			host()
			fc.raw = func(iso7816.Command, []byte) []byte { return answer }
			if err := method(t.Context(), s); !typed(err) {
				t.Errorf("%s outside: %v", name, err)
			}
		}
	})
}
