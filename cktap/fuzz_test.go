package cktap_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/cktap"
	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// script is a link whose answers are cut out of one string, by lengths in it.
type script struct {
	card.Link
	rest  []byte
	round int
}

func (s *script) Transmit(context.Context, []byte) ([]byte, error) {
	if s.round++; s.round > 200 || len(s.rest) == 0 {
		return nil, card.ErrRemoved
	}
	n := min(int(s.rest[0]), len(s.rest)-1)
	answer := s.rest[1 : 1+n]
	s.rest = s.rest[1+n:]
	return append(bytes.Clone(answer), 0x90, 0), nil
}

func (s *script) Info() card.Info { return card.Info{} }

// FuzzAnswers lets every method of the host meet any answers: a method that proves something must fail, and none may
// panic or go on for ever.
func FuzzAnswers(f *testing.F) {
	answers := recorded(f)
	for which, m := range methods {
		var all []byte
		for _, name := range []string{"SELECT " + m.product.String(), "read", "check", "certs", "derive"} {
			a := answers[name][0]
			all = append(append(all, byte(len(a))), a...)
		}
		f.Add(byte(which), all)
	}
	f.Fuzz(func(t *testing.T, which byte, answers []byte) {
		m := methods[int(which)%len(methods)]
		k := &kit{TB: t, ctx: t.Context()}
		o := cktap.Options{Rand: bytes.NewReader(bytes.Repeat([]byte{1, 2, 3, 5, 8}, 4000)),
			Authorities: func([]byte) (string, bool) { return "anybody", true }}
		c, err := o.Select(k.ctx, card.NewChannel(&script{rest: answers}))
		if err != nil {
			return
		}
		if v, err := m.call(k, c); m.proven && err == nil {
			t.Fatalf("%s is satisfied: %+v", m.name, v)
		}
	})
}

// FuzzStore reads any file: an error, or a store that can be written again.
func FuzzStore(f *testing.F) {
	f.Add([]byte(`{"version":1,"cards":[]}`))
	k := newKit(f, wire.Tapsigner)
	w := k.wishes()
	w.BackupKey = func(context.Context) (secret.Bytes, error) { return secret.Bytes{}, os.ErrClosed }
	if _, err := k.tapsigner().Setup(k.ctx, w); err == nil {
		f.Fatal("the setup is complete")
	}
	file, err := os.ReadFile(k.path)
	must(f, err)
	f.Add(file)
	path := filepath.Join(f.TempDir(), "cards.json")
	f.Fuzz(func(t *testing.T, file []byte) {
		must(t, os.WriteFile(path, file, 0o600))
		s, err := cktap.OpenStore(path)
		if err != nil {
			return
		}
		must(t, s.Forget(wire.PublicKey{2}))
		_, err = cktap.OpenStore(path)
		must(t, err)
	})
}
