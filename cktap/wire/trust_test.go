package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

func TestRecordedCertificatesLeadToTheEmulatorsRoot(t *testing.T) {
	recordings, _ := readRecordings(t)
	for name, r := range recordings {
		a, err := wire.ParseCertsAnswer(r.Log[1].Response)
		if err != nil {
			t.Fatal(err)
		}
		root, err := wire.FactoryRoot(wire.PublicKey(r.Secrets.CardPub), a.Chain)
		if err != nil || !bytes.Equal(root[:], r.Secrets.RootPub) {
			t.Errorf("%s: root %x, %v", name, root, err)
		}
		a.Chain[0][20] ^= 1
		if root, err := wire.FactoryRoot(wire.PublicKey(r.Secrets.CardPub), a.Chain); err == nil &&
			bytes.Equal(root[:], r.Secrets.RootPub) {
			t.Error("a changed certificate leads to the same root")
		}
	}
}

// chain makes a certificate chain of n levels, and its root.
func chain(tb testing.TB, card wire.PublicKey, n int) ([]wire.Certificate, wire.PublicKey) {
	tb.Helper()
	var certs []wire.Certificate
	key := card
	for i := range n {
		signer := secret.Copy(bytes.Repeat([]byte{byte(0x11 * (i + 1))}, 32))
		c, err := wire.Certify(signer, key)
		if err != nil {
			tb.Fatal(err)
		}
		certs = append(certs, c)
		if key, err = wire.PublicKeyOf(signer); err != nil {
			tb.Fatal(err)
		}
	}
	return certs, key
}

func TestChainsOfAnyLengthAndAllHeadersAreFollowed(t *testing.T) {
	recordings, _ := readRecordings(t)
	card := wire.PublicKey(recordings["seed42_satscard"].Secrets.CardPub)
	for n := 1; n <= 6; n++ {
		certs, want := chain(t, card, n)
		for _, group := range []byte{27, 31, 35, 39} {
			for i := range certs {
				certs[i][0] = (certs[i][0]-27)&3 + group
			}
			if root, err := wire.FactoryRoot(card, certs); err != nil || root != want {
				t.Errorf("%d certificates, headers from %d: %v", n, group, err)
			}
		}
	}
	certs, _ := chain(t, card, 2)
	if certs[0][0] < 39 || certs[0][0] > 42 {
		t.Errorf("header %d of a certificate of ours", certs[0][0])
	}
	for _, header := range []byte{0, 26, 43, 255} {
		certs[1][0] = header
		if _, err := wire.FactoryRoot(card, certs); !errors.Is(err, wire.ErrCertificate) {
			t.Errorf("header %d: %v", header, err)
		}
	}
	if root, err := wire.FactoryRoot(card, nil); !errors.Is(err, wire.ErrCertificate) || root == card {
		t.Error("a card without certificates is its own root")
	}
	if _, err := wire.FactoryRoot(card, []wire.Certificate{{27}}); !errors.Is(err, wire.ErrCertificate) {
		t.Error("a certificate of zeros", err)
	}
}

func TestSignaturesAreRefusedWhenTheyAreNone(t *testing.T) {
	recordings, c := readRecordings(t)
	r := recordings["seed42_tapsigner"]
	a, err := wire.ParseSignAnswer(r.Log[6].Response)
	if err != nil {
		t.Fatal(err)
	}
	digest := [32]byte(c.Digest)
	if err := a.Signature.Verify(digest, a.PublicKey); err != nil || !a.Signature.LowS() || !a.Signature.LowR() {
		t.Fatal(err)
	}
	high := bytes.Repeat([]byte{0xFF}, 64)
	for name, s := range map[string]wire.Signature{
		"zero": {}, "no s": wire.Signature(append(bytes.Clone(a.Signature[:32]), make([]byte, 32)...)),
		"overflow": wire.Signature(high),
	} {
		if err := s.Verify(digest, a.PublicKey); !errors.Is(err, wire.ErrSignature) || s.LowS() {
			t.Errorf("%s: %v", name, err)
		}
	}
	digest[0]++
	if err := a.Signature.Verify(digest, a.PublicKey); !errors.Is(err, wire.ErrSignature) {
		t.Error(err)
	}
	if err := a.Signature.Verify(digest, wire.PublicKey{2}); !errors.Is(err, wire.ErrPoint) && !errors.Is(err,
		wire.ErrSignature) {
		t.Error(err)
	}
	if err := a.Signature.Verify(digest, wire.PublicKey{}); !errors.Is(err, wire.ErrPoint) {
		t.Error(err)
	}
}

func TestIdentsOfKnownCards(t *testing.T) {
	for key, want := range map[string]string{
		strings.Repeat("00", 33): "F4SYL-A67EY-W3Y7L-PNDZK",
		strings.Repeat("02", 33): "YTIZ2-MQZZZ-XPA2D-I5OGH",
		"0312d005ca1501b1603c3b00412eefe27c6b20a74c29377263b357b3aff12de6fa": "IYKC5-XN6ZN-3AGAA-BWABB",
		"0332830e3209e950957ad3964c223f88f8df61dad2f716087f5c336da63372a56e": "XDXKQ-W6VW6-GEQI3-ATSC2",
	} {
		if got := wire.Ident(wire.PublicKey(unhex(t, key))); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}

func TestURLsOfRealCardsVerify(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "coinkite-real-card-urls.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cards []struct{ Card, Query, Address, Ident string }
	if err := json.Unmarshal(raw, &cards); err != nil || len(cards) != 2 {
		t.Fatal(err, len(cards))
	}
	for _, c := range cards {
		for _, front := range []string{"", "getsatscard.com/start#", "https://tapsigner.com/start#"} {
			u, err := wire.ParseURL(front + c.Query)
			if err != nil {
				t.Fatal(err)
			}
			s, err := u.Verify()
			if err != nil || s.Address != c.Address || s.Ident != c.Ident || s.Testnet || u.State != wire.URLSealed {
				t.Errorf("%s: %+v, %v", c.Card, s, err)
			}
		}
		if u, err := wire.ParseURL(strings.Replace(c.Query, "u=S", "u=U", 1)); err == nil {
			if _, err := u.Verify(); !errors.Is(err, wire.ErrURL) {
				t.Error("a changed URL verifies", err)
			}
		}
	}
}

func TestBadURLsAreRefused(t *testing.T) {
	sig := strings.Repeat("ab", 64)
	good := "u=S&o=0&r=a5x2tplf&n=7664168a4ef7b8e8&s=" + sig
	if _, err := wire.ParseURL(good); err != nil {
		t.Fatal(err)
	}
	if u, err := wire.ParseURL("n=7664168a4ef7b8e8&z=1&r=a5x2tplf&o=9&u=E&s=" + sig); err != nil || u.Slot != 9 ||
		u.State != wire.URLTampered {
		t.Error("another order, or an unknown field", err)
	}
	for _, bad := range []string{
		"", "s=", "s=" + sig, "https://example.com/", strings.TrimSuffix(good, "b"), good + "00", good + "&x=1",
		strings.Replace(good, "u=S", "u=X", 1), strings.Replace(good, "o=0", "o=256", 1), strings.Replace(good,
			"o=0&", "", 1),
		strings.Replace(good, "r=a5", "r=a", 1), strings.Replace(good, "n=76", "n=", 1), strings.Replace(good, "&s=",
			"s=", 1),
		"u=S&" + good, "t=1&" + good, "t=2&" + good, strings.Repeat("x=1&", 200) + good, strings.Replace(good, "ab", "zz", 1),
	} {
		if _, err := wire.ParseURL(bad); !errors.Is(err, wire.ErrURL) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
}

func TestAURLIsBuiltAsTheRecordedOnesAre(t *testing.T) {
	recordings, _ := readRecordings(t)
	for name, i := range map[string]int{"seed42_satscard": 5, "seed42_tapsigner": 13, "seed42_satschip": 10} {
		r := recordings[name]
		a, err := wire.ParseNFCAnswer(r.Log[i].Response)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := wire.ParseURL(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		ours := wire.URL{Signer: seen.Signer, State: seen.State, Slot: seen.Slot, Tail: seen.Tail, Card: seen.Card,
			Nonce: seen.Nonce, Signature: seen.Signature}
		if got := wire.URLScheme + ours.String(r.product()); got != a.URL {
			t.Errorf("%s:\n%s\n%s", name, got, a.URL)
		}
		if s, err := ours.Verify(); err != nil || r.product() == wire.Satscard && s.Address != r.Secrets.Addr ||
			r.product().Signer() && s.Ident != r.Secrets.Ident {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
}
