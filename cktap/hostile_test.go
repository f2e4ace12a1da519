package cktap_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
)

// method is one thing that a host asks of a card. proven says that nothing comes out of it that was not verified
// against fresh randomness, so that a recording can never satisfy it.
type method struct {
	name    string
	product wire.Product
	proven  bool
	call    func(k *kit, c *cktap.Card) (any, error)
}

func ofSatscard[T any](name string, proven bool, f func(k *kit, s *cktap.Satscard) (T, error)) method {
	return method{name, wire.Satscard, proven, func(k *kit, c *cktap.Card) (any, error) {
		s, err := c.Satscard()
		if err != nil {
			return nil, err
		}
		return f(k, s)
	}}
}

func ofTapsigner[T any](name string, proven bool, f func(k *kit, t *cktap.Tapsigner) (T, error)) method {
	return method{name, wire.Tapsigner, proven, func(k *kit, c *cktap.Card) (any, error) {
		t, err := c.Tapsigner()
		if err != nil {
			return nil, err
		}
		return f(k, t)
	}}
}

// nothing is for methods that only fail or do not.
func nothing(err error) (struct{}, error) { return struct{}{}, err }

// methods are all methods of the host that send something.
var methods = []method{
	ofSatscard("Refresh", false, func(k *kit, s *cktap.Satscard) (struct{}, error) { return nothing(s.Refresh(k.ctx)) }),
	ofSatscard("Genuine", true, func(k *kit, s *cktap.Satscard) (cktap.Verdict, error) { return s.Genuine(k.ctx) }),
	ofSatscard("Verify", true, func(k *kit, s *cktap.Satscard) (cktap.Proof, error) { return s.Verify(k.ctx, nil) }),
	ofSatscard("URL", false, func(k *kit, s *cktap.Satscard) (string, error) {
		u, err := s.URL(k.ctx)
		return u.Signed.Address, err
	}),
	ofSatscard("Slots", false, func(k *kit, s *cktap.Satscard) (int, error) {
		slots, err := s.Slots(k.ctx)
		return len(slots), err
	}),
	ofSatscard("CheckCVC", false, func(k *kit, s *cktap.Satscard) (struct{}, error) {
		return nothing(s.CheckCVC(k.ctx, cvc(theCVC)))
	}),
	ofSatscard("Unseal", true, func(k *kit, s *cktap.Satscard) (string, error) {
		o, err := s.Unseal(k.ctx, cvc(theCVC), 0)
		return o.Address, err
	}),
	ofSatscard("Unseal and New", true, func(k *kit, s *cktap.Satscard) (wire.Bytes32, error) {
		o, err := s.Unseal(k.ctx, cvc(theCVC), 0)
		if err != nil {
			return wire.Bytes32{}, err
		}
		o.Destroy()
		p, err := s.New(k.ctx, cvc(theCVC), theEntropy)
		return p.ChainCode, err
	}),
	ofSatscard("Dump", true, func(k *kit, s *cktap.Satscard) (string, error) {
		o, err := s.Dump(k.ctx, cvc(theCVC), 0)
		return o.Address, err
	}),
	ofSatscard("Sign", true, func(k *kit, s *cktap.Satscard) ([65]byte, error) {
		key, err := s.Signer(k.ctx, cvc(theCVC), 0, "")
		if err != nil {
			return [65]byte{}, err
		}
		sig, err := key.Sign(k.ctx, nil, theDigest)
		return sig.PublicKey, err
	}),
	ofTapsigner("CheckCVC", false, func(k *kit, t *cktap.Tapsigner) (struct{}, error) {
		return nothing(t.CheckCVC(k.ctx, cvc(theCVC)))
	}),
	ofTapsigner("Genuine", true, func(k *kit, t *cktap.Tapsigner) (cktap.Verdict, error) { return t.Genuine(k.ctx) }),
	ofTapsigner("URL", false, func(k *kit, t *cktap.Tapsigner) (string, error) {
		u, err := t.URL(k.ctx)
		return u.Signed.Ident, err
	}),
	ofTapsigner("DerivedKey", true, func(k *kit, t *cktap.Tapsigner) (wire.PublicKey, error) {
		return t.DerivedKey(k.ctx, cvc(theCVC))
	}),
	ofTapsigner("Account", true, func(k *kit, t *cktap.Tapsigner) (string, error) {
		return text(t.Account(k.ctx, cvc(theCVC)))
	}),
	ofTapsigner("Master", true, func(k *kit, t *cktap.Tapsigner) (string, error) {
		return text(t.Master(k.ctx, cvc(theCVC)))
	}),
	ofTapsigner("Derive", true, func(k *kit, t *cktap.Tapsigner) (string, error) {
		return text(t.Derive(k.ctx, cvc(theCVC), hd.Path{hd.Hardened | 44}))
	}),
	ofTapsigner("Sign", true, func(k *kit, t *cktap.Tapsigner) ([65]byte, error) {
		sig, err := t.Signer(cvc(theCVC), "").Sign(k.ctx, append(t.Path(), 0, 3), theDigest)
		return sig.PublicKey, err
	}),
	ofTapsigner("PublicKey", true, func(k *kit, t *cktap.Tapsigner) ([65]byte, error) {
		return t.Signer(cvc(theCVC), "").PublicKey(k.ctx, append(t.Path(), 0, 3))
	}),
	ofTapsigner("Backup", false, func(k *kit, t *cktap.Tapsigner) (struct{}, error) {
		_, err := t.Backup(k.ctx, cvc(theCVC)) // what it is worth, VerifyBackup tells
		return nothing(err)
	}),
	ofTapsigner("Change", false, func(k *kit, t *cktap.Tapsigner) (struct{}, error) {
		return nothing(t.Change(k.ctx, cvc(theCVC), cvc(newCVC)))
	}),
	ofTapsigner("Wait", false, func(k *kit, t *cktap.Tapsigner) (struct{}, error) { return nothing(t.Wait(k.ctx)) }),
}

// text is an account's xpub. Its fingerprint is a label, which nothing protects.
func text(a cktap.Account, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return a.String(), nil
}

// recorded are the answers of the emulator to each command, as they were recorded.
func recorded(t testing.TB) map[string][][]byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "coinkite-vectors.json"))
	must(t, err)
	var parts map[string]struct {
		Log []struct{ Cmd, Response string }
	}
	must(t, json.Unmarshal(raw, &parts))
	answers := map[string][][]byte{}
	for name, part := range parts {
		for _, x := range part.Log {
			b, err := hex.DecodeString(x.Response)
			must(t, err)
			key := x.Cmd
			if key == wire.CmdStatus && name == "seed42_satscard" {
				key = "SELECT " + wire.Satscard.String()
			} else if key == wire.CmdStatus {
				key = "SELECT " + wire.Tapsigner.String()
			}
			answers[key] = append(answers[key], b)
		}
	}
	return answers
}

// player is a link that plays recorded answers, one of them spoiled.
type player struct {
	card.Link
	product wire.Product
	answers map[string][][]byte
	spoil   func([]byte) []byte
	rand    *rand.Rand
	sent    int
}

func (p *player) Transmit(_ context.Context, command []byte) ([]byte, error) {
	if p.sent++; p.sent > 5000 {
		panic("the host never stops asking")
	}
	name := nameOf(command)
	if name == "SELECT" || name == wire.CmdStatus {
		name = "SELECT " + p.product.String()
	}
	choice := p.answers[name]
	if len(choice) == 0 {
		choice = p.answers[wire.CmdCheck]
	}
	return append(p.spoil(bytes.Clone(choice[p.rand.IntN(len(choice))])), 0x90, 0), nil
}

func (p *player) Info() card.Info { return card.Info{Reader: "a recording"} }

func TestNoRecordingSatisfiesAMethodWholeOrSpoiled(t *testing.T) {
	answers := recorded(t)
	rounds := 300
	if testing.Short() {
		rounds = 40
	}
	for _, m := range methods {
		t.Run(m.product.String()+" "+m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, uint64(len(m.name))))
			k := newKit(t, m.product)
			k.opts.Authorities = func([]byte) (string, bool) { return "anybody", true } // the recorded root is trusted
			k.opts.Emulator, k.opts.Store = true, nil
			for round := range rounds {
				p := &player{product: m.product, answers: answers, rand: r, spoil: spoiler(r, round)}
				c, err := k.opts.Select(k.ctx, card.NewChannel(p))
				if err != nil {
					continue
				}
				if v, err := m.call(k, c); m.proven && err == nil {
					t.Fatalf("satisfied by a recording: %+v", v)
				}
			}
		})
	}
}

// spoiler cuts answers short, turns bits around, or leaves them alone.
func spoiler(r *rand.Rand, round int) func([]byte) []byte {
	return func(b []byte) []byte {
		switch {
		case round == 0 || r.IntN(3) > 0:
		case r.IntN(2) == 0:
			b = b[:r.IntN(len(b))]
		default:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	}
}

// TestAnAnswerThatIsSpoiledChangesNothingThatIsShown lets a real session run and spoils one answer of it: the method
// fails, or its result is what it would have been.
func TestAnAnswerThatIsSpoiledChangesNothingThatIsShown(t *testing.T) {
	rounds := 120
	if testing.Short() {
		rounds = 12
	}
	for _, m := range methods {
		t.Run(m.product.String()+" "+m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, uint64(len(m.name))))
			honest, commands := m.run(t, nil)
			for range rounds {
				at := r.IntN(commands)
				n := -1
				v, _ := m.run(t, func(_ string, answer []byte) []byte {
					if n++; n != at {
						return answer
					}
					if r.IntN(4) == 0 {
						return answer[:r.IntN(len(answer))]
					}
					answer[r.IntN(len(answer))] ^= 1 << r.IntN(8)
					return answer
				})
				if v != nil && !reflect.DeepEqual(v, honest) {
					t.Fatalf("answer %d was spoiled and the method shows %+v instead of %+v", at, v, honest)
				}
			}
		})
	}
}

// run calls the method on a card in a fixed state, with answers changed; nil is an error. The second result is the
// number of commands, SELECT included.
func (m method) run(t *testing.T, change func(string, []byte) []byte) (any, int) {
	t.Helper()
	k := newKit(t, m.product)
	k.opts.Store = nil // each run on its own
	switch {
	case m.product == wire.Tapsigner:
		k.prepare()
	case m.name == "Dump" || m.name == "Sign":
		o, err := k.satscard().Unseal(k.ctx, cvc(theCVC), 0)
		must(t, err)
		o.Destroy()
	}
	must(t, k.gate.Reset(k.ctx))
	k.gate.change, k.gate.sent = change, nil
	c, err := k.opts.Select(k.ctx, card.NewChannel(k.gate))
	if err != nil {
		return nil, 1
	}
	v, err := m.call(k, c)
	if err != nil {
		if change == nil {
			t.Fatal(err)
		}
		return nil, 1
	}
	return v, len(k.gate.sent)
}
