package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func reveal(s secret.Bytes) (out []byte) {
	s.Reveal(func(b []byte) { out = bytes.Clone(b) })
	return out
}

func TestPairingTokensOfTwoWellKnownPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"KeycardTest":           "05c6ce68c78760fd529232a37484d9420bce348ffcf00689f03fbc5f8761723b",
		"KeycardDefaultPairing": "675deabb0d7c724b4a36caad0e280826159e89886f7082535d431e924848bcf1",
	} {
		if got := hex.EncodeToString(reveal(wire.PairingToken([]byte(password)))); got != want {
			t.Errorf("%s: %s", password, got)
		}
		if got := hex.EncodeToString(reveal(wire.PairingTokenNFKD([]byte(password)))); got != want {
			t.Errorf("%s, NFKD: %s", password, got)
		}
	}
}

func TestPairingTokenFormsDifferBeyondASCII(t *testing.T) {
	composed, decomposed := []byte("caf\u00e9"), []byte("cafe\u0301")
	raw := wire.PairingToken(composed)
	if raw.Equal(wire.PairingTokenNFKD(composed)) {
		t.Error("NFKD changes nothing")
	}
	if !wire.PairingTokenNFKD(composed).Equal(wire.PairingToken(decomposed)) {
		t.Error("NFKD is not the decomposed form")
	}
	if string(composed) != "caf\u00e9" {
		t.Error("the caller's password was changed")
	}
}

func TestKeyUIDIsTheHashOfTheWholeUncompressedKey(t *testing.T) {
	pub := testKey(1).PubKey().SerializeUncompressed()
	if wire.KeyUID([65]byte(pub)) != sha256.Sum256(pub) {
		t.Error("another key UID")
	}
}

func TestRecordedECDHAgrees(t *testing.T) {
	n := 0
	for v, steps := range recorded(t) {
		for _, s := range steps {
			if s.Keys["client_priv"] == "" {
				continue
			}
			n++
			client, err := wire.ChannelKeyFrom([32]byte(s.key(t, "client_priv")))
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.Agree(s.key(t, "card_pub"))
			if err != nil || !bytes.Equal(got[:], s.key(t, "ecdh_x")) {
				t.Errorf("%v %s: %X, %v", v, s.Note, got, err)
			}
			if !bytes.Contains(s.command(t).Data, client.Public[:]) {
				t.Errorf("%v %s: the recorded command has another client key", v, s.Note)
			}
		}
	}
	if n == 0 {
		t.Error("no recorded ECDH")
	}
}

// Public keys that must not reach a private key: off the curve, at infinity, other forms, other lengths.
func TestECDHRefusesWhatIsNotAnUncompressedPoint(t *testing.T) {
	key, _, err := wire.NewChannelKey(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := secp256k1.ParsePubKey(key.Public[:])
	if err != nil {
		t.Fatal(err)
	}
	offCurve, hybrid := key.Public, key.Public
	offCurve[64] ^= 1
	hybrid[0] = 6 | key.Public[64]&1
	for name, pub := range map[string][]byte{
		"empty": nil, "short": key.Public[:64], "long": append(key.Public[:], 0), "off the curve": offCurve[:],
		"hybrid": hybrid[:], "compressed": parsed.SerializeCompressed(), "zeros": make([]byte, 65),
		"zero point": append([]byte{4}, make([]byte, 64)...),
	} {
		if _, err := key.Agree(pub); !errors.Is(err, wire.ErrPoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChannelKeyFromRefusesZeroAndTheOrder(t *testing.T) {
	order := [32]byte(secp256k1.Params().N.Bytes())
	for _, private := range [][32]byte{{}, order, [32]byte(bytes.Repeat([]byte{0xFF}, 32))} {
		if _, err := wire.ChannelKeyFrom(private); !errors.Is(err, wire.ErrKey) {
			t.Errorf("%X: %v", private, err)
		}
	}
}

func TestNewChannelKeyGivesUpOnABrokenSource(t *testing.T) {
	if _, _, err := wire.NewChannelKey(zeros{}); !errors.Is(err, wire.ErrRandom) {
		t.Errorf("zeros: %v", err)
	}
	_, _, err := wire.NewChannelKey(bytes.NewReader(make([]byte, 40)))
	if !errors.Is(err, wire.ErrRandom) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestNewChannelKeySkipsUnusableDraws(t *testing.T) {
	good := bytes.Repeat([]byte{9}, 32)
	_, private, err := wire.NewChannelKey(bytes.NewReader(append(make([]byte, 32), good...)))
	if err != nil || !bytes.Equal(private[:], good) {
		t.Errorf("%X, %v", private, err)
	}
}
