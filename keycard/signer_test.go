package keycard_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/keycard"
	"tapcard.example/signer"
)

// user says yes to everything and counts how often.
type user struct{ keys, approvals int }

func (u *user) signer(t *testing.T, k *kit, s *keycard.Session) *signer.Signer {
	t.Helper()
	keys, err := signer.OpenKeys(filepath.Join(k.dir, "keys.json"))
	must(t, err)
	return &signer.Signer{Card: keycard.Signer{Session: s, Label: "test"}, Keys: keys,
		Confirm: func(context.Context, signer.NewKey) error { u.keys++; return nil },
		Approve: func(context.Context, signer.Summary) error { u.approvals++; return nil }}
}

func TestTheSignerRemembersTheKeyAndRefusesAnother(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newKit(t, profile)
		s := k.loaded()
		u := &user{}
		request := signer.Request{Path: path(t, "m/44'/60'/0'/0/0"), Digest: theDigest}
		for range 2 {
			sig, err := u.signer(t, k, s).Sign(k.ctx, request)
			must(t, err)
			must(t, sig.Verify(theDigest, keyAt(t, "m/44'/60'/0'/0/0").PublicKey()))
		}
		if u.keys != 1 || u.approvals != 2 {
			t.Errorf("asked %d times for the key, %d times for approval", u.keys, u.approvals)
		}
		// A card with another seed that passes for this one: the ID of the Signer comes from SELECT, the key does not.
		other, err := hd.Master(token(9))
		must(t, err)
		before := s.Card().Info().KeyUID
		_, err = s.LoadExtended(k.ctx, other)
		must(t, err)
		liar := u.signer(t, k, s)
		liar.Card = liarCard{liar.Card, keycard.Signer{Session: s}, before}
		if _, err := liar.Sign(k.ctx, request); !errors.Is(err, card.ErrCardMismatch) {
			t.Error(err)
		}
	})
}

// liarCard says that it is another card.
type liarCard struct {
	signer.Card
	real keycard.Signer
	uid  []byte
}

func (l liarCard) Describe() signer.Identity {
	id := l.real.Describe()
	id.ID = hexOf(l.uid)
	return id
}

func TestTheSignerDescribesTheCard(t *testing.T) {
	k := newKit(t, "3.1")
	s := keycard.Signer{Session: k.loaded(), Label: "mine"}
	uid := keyAt(t, "m").PublicKey()
	if id := s.Describe(); id.Kind != "keycard" || id.Label != "mine" || !id.Software || id.ID != hexOf(keyUID(uid)) {
		t.Errorf("%+v", id)
	}
	if err := s.Capabilities().Check(path(t, "m/1'/2/3/4/5/6/7/8/9/10")); err != nil {
		t.Error(err)
	}
	if err := s.Capabilities().Check(make(hd.Path, 11)); !errors.Is(err, card.ErrUnsupported) {
		t.Error(err)
	}
}
