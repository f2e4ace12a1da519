package signer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

var request = signer.Request{Path: ethPath, Digest: [32]byte{1, 2, 3},
	Summary: signer.Summary{Title: "A thing", Lines: []signer.Line{{Label: "To", Value: "somebody"}}}}

func TestFirstUseExportsShowsTheAddressAndAsks(t *testing.T) {
	d := newDesk(t)
	r := request
	r.Address = func(pub [65]byte) string { return "address of " + string(rune('0'+pub[0])) }
	sig, err := d.Sign(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.confirmed) != 1 || d.confirmed[0].Address != "address of 4" || d.confirmed[0].Card.Label != "blue" {
		t.Errorf("confirmed: %+v", d.confirmed)
	}
	if sig.PublicKey != publicKey(d.card.key) {
		t.Error("the signature names another key than the one that signed")
	}
	if _, err := d.Sign(t.Context(), r); err != nil || d.card.exports != 1 || len(d.confirmed) != 1 {
		t.Errorf("second use: %v, %d exports, asked %d times", err, d.card.exports, len(d.confirmed))
	}
}

func TestTheUserSeesTheChainsSummaryAndTheCard(t *testing.T) {
	d := newDesk(t)
	d.card.id.Software = true
	if _, err := d.Sign(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	text := d.shown[0].String()
	for _, want := range []string{"A thing", "somebody", "blue (keycard 6d2ba0ff)", "m/44'/60'/0'/0/0", "software card"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(request.Summary.Lines) != 1 {
		t.Error("the caller's summary was changed")
	}
}

func TestRefusingTheSummaryKeepsTheDigestFromTheCard(t *testing.T) {
	d := newDesk(t)
	if _, err := d.Key(t.Context(), ethPath, nil); err != nil {
		t.Fatal(err)
	}
	d.answer = signer.ErrRefused
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, signer.ErrRefused) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
}

func TestRefusingANewKeyRemembersNothing(t *testing.T) {
	d := newDesk(t)
	d.answer = signer.ErrRefused
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, signer.ErrRefused) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
	if _, ok := d.Keys.Expect(keyUID, ethPath); ok {
		t.Error("the refused key is known")
	}
}

func TestAYesAfterTheCallerGaveUpSignsNothing(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.Approve = func(context.Context, signer.Summary) error { cancel(); return nil }
	if _, err := d.Sign(ctx, request); !errors.Is(err, context.Canceled) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
}

func TestWithoutAnybodyToAskNothingIsSigned(t *testing.T) {
	d := newDesk(t)
	d.Approve = nil
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, signer.ErrNobodyAsked) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
	d = newDesk(t)
	d.Confirm = nil
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, signer.ErrNobodyAsked) || d.card.exports != 0 {
		t.Errorf("%v after %d exports", err, d.card.exports)
	}
}

// TestBadSignaturesAreRefused has a card go wrong after its key became known.
func TestBadSignaturesAreRefused(t *testing.T) {
	other := privateKey(9)
	tests := map[string]struct {
		with  *secp256k1.PrivateKey
		spoil func(*[32]byte, *signer.Signature)
		kinds []error
	}{
		"another key that the card names itself": {with: other, kinds: []error{card.ErrCardMismatch}},
		"another key under the name of the right one": {with: other,
			spoil: func(_ *[32]byte, s *signer.Signature) { s.PublicKey = publicKey(privateKey(7)) },
			kinds: []error{card.ErrBadSignature, card.ErrCardMismatch}},
		"a flipped bit in s": {spoil: func(_ *[32]byte, s *signer.Signature) { s.S[31] ^= 1 },
			kinds: []error{card.ErrBadSignature}},
		"a flipped bit in r": {spoil: func(_ *[32]byte, s *signer.Signature) { s.R[31] ^= 1 },
			kinds: []error{card.ErrBadSignature}},
		"a high s": {spoil: func(_ *[32]byte, s *signer.Signature) { negate(s) }, kinds: []error{card.ErrBadSignature}},
		"another digest": {spoil: func(d *[32]byte, _ *signer.Signature) { d[0] = 0xff },
			kinds: []error{card.ErrBadSignature}},
		"a wrong recovery id": {spoil: func(_ *[32]byte, s *signer.Signature) { s.V ^= 1 },
			kinds: []error{card.ErrBadSignature}},
		"recovery id 4": {spoil: func(_ *[32]byte, s *signer.Signature) { s.V = 4 },
			kinds: []error{card.ErrBadSignature}},
		"r of zero": {spoil: func(_ *[32]byte, s *signer.Signature) { s.R = [32]byte{} },
			kinds: []error{card.ErrBadSignature}},
		"s above the order": {spoil: func(_ *[32]byte, s *signer.Signature) {
			for i := range s.S {
				s.S[i] = 0xff
			}
		}, kinds: []error{card.ErrBadSignature}},
		"nothing but zeros": {spoil: func(_ *[32]byte, s *signer.Signature) { *s = signer.Signature{} },
			kinds: []error{card.ErrCardMismatch}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			if _, err := d.Key(t.Context(), ethPath, nil); err != nil {
				t.Fatal(err)
			}
			d.card.signWith, d.card.spoil = test.with, test.spoil
			sig, err := d.Sign(t.Context(), request)
			for _, kind := range test.kinds {
				if !errors.Is(err, kind) {
					t.Errorf("%v, want %v", err, kind)
				}
			}
			if sig != (signer.Signature{}) {
				t.Error("a refused signature was returned")
			}
		})
	}
}

// negate replaces s by n - s and turns the recovery id with it: valid mathematics, but malleable.
func negate(sig *signer.Signature) {
	var s secp256k1.ModNScalar
	s.SetBytes(&sig.S)
	s.Negate()
	sig.S = s.Bytes()
	sig.V ^= 1
}

func TestAWrongKeyOnFirstExportIsRefused(t *testing.T) {
	d := newDesk(t)
	bad := &brokenExport{fakeCard: d.card}
	d.Card = bad
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, card.ErrBadResponse) || len(d.confirmed) != 0 {
		t.Errorf("%v, asked %d times", err, len(d.confirmed))
	}
}

// brokenExport exports 65 bytes that are no point.
type brokenExport struct{ *fakeCard }

func (b *brokenExport) PublicKey(context.Context, hd.Path) ([65]byte, error) {
	return [65]byte{4, 1}, nil
}

func TestACardWithoutAKeyIsNotAsked(t *testing.T) {
	d := newDesk(t)
	d.card.id.ID = ""
	if _, err := d.Sign(t.Context(), request); !errors.Is(err, card.ErrConditions) || d.card.exports != 0 {
		t.Errorf("%v after %d exports", err, d.card.exports)
	}
}

func TestCapabilitiesRefusePathsBeforeTheCardHearsOfThem(t *testing.T) {
	const h = 1 << 31
	curves := []signer.Curve{signer.Secp256k1}
	tapsigner := signer.Capabilities{Curves: curves, Prefix: hd.Path{84 | h, h, h}, MaxDepth: 5}
	tests := map[string]struct {
		can  signer.Capabilities
		path hd.Path
		ok   bool
	}{
		"master key only, master":    {signer.Capabilities{Curves: curves}, nil, true},
		"master key only, a path":    {signer.Capabilities{Curves: curves}, hd.Path{0}, false},
		"too deep":                   {signer.Capabilities{Curves: curves, MaxDepth: 2}, hd.Path{0, 1, 2}, false},
		"no curve":                   {signer.Capabilities{MaxDepth: 10}, hd.Path{0}, false},
		"below the prefix":           {tapsigner, hd.Path{84 | h, h, h, 0, 7}, true},
		"the prefix itself":          {tapsigner, hd.Path{84 | h, h, h}, true},
		"another prefix":             {tapsigner, hd.Path{44 | h, h, h, 0, 7}, false},
		"above the prefix":           {tapsigner, hd.Path{84 | h, h}, false},
		"the master key, above it":   {tapsigner, nil, false},
		"hardened after the prefix":  {tapsigner, hd.Path{84 | h, h, h, h}, false},
		"hardened where that is all": {signer.Capabilities{Curves: curves, MaxDepth: 1, Hardened: true}, hd.Path{h}, true},
	}
	for name, test := range tests {
		err := test.can.Check(test.path)
		if (err == nil) != test.ok || (err != nil && !errors.Is(err, card.ErrUnsupported)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
