package keycard_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
	"tapcard.example/trust"
)

// authority is a maker of cards.
func authority(b byte) *secp256k1.PrivateKey { return secp256k1.PrivKeyFromBytes(bytesOf(b, 32)) }

// certify makes a card key and has an authority vouch for it.
func certify(maker *secp256k1.PrivateKey) *applet.Identity {
	id := &applet.Identity{Private: [32]byte(bytesOf(0x11, 32))}
	pub := secp256k1.PrivKeyFromBytes(id.Private[:]).PubKey().SerializeCompressed()
	digest := sha256.Sum256(pub)
	compact := ecdsa.SignCompact(maker, digest[:], false)
	copy(id.Certificate[:], pub)
	copy(id.Certificate[33:], compact[1:])
	id.Certificate[97] = compact[0] - 27
	return id
}

// hardware hides that a card is made of software.
type hardware struct{ card.Link }

func (h hardware) Info() card.Info { return card.Info{Reader: "reader", ATR: []byte{0x3B, 0x00}} }

func TestVerdicts(t *testing.T) {
	maker := authority(0x42)
	trusted := func(key []byte) (string, bool) {
		return "the maker", string(key) == string(maker.PubKey().SerializeCompressed())
	}
	for name, c := range map[string]struct {
		profile  string
		identity *applet.Identity
		real     bool // looks like a card in a reader
		want     keycard.Authenticity
	}{
		"certified":                   {"3.1", certify(maker), true, keycard.Genuine},
		"certified by somebody":       {"3.1", certify(authority(0x43)), true, keycard.UnknownAuthority},
		"never certified":             {"3.1", nil, true, keycard.CannotProve},
		"too old":                     {"2.3", nil, true, keycard.CannotProve},
		"software":                    {"2.3", nil, false, keycard.SoftwareCard},
		"software, never certified":   {"3.1", nil, false, keycard.SoftwareCard},
		"software, own authority":     {"3.1", certify(authority(0x43)), false, keycard.SoftwareCard},
		"software, trusted authority": {"3.1", certify(maker), false, keycard.Genuine},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, c.profile, func(o *applet.Options) { o.Identity = c.identity })
			if c.real {
				k.connect(hardware{k.link})
			}
			ch := k.tap() // before INIT
			v, err := ch.Identify(k.ctx, trusted)
			if err != nil || v.Authenticity != c.want || !strings.HasPrefix(v.String(), string(c.want)+": ") {
				t.Errorf("%v, %v", v, err)
			}
			s, err := k.store.Open(k.ctx, k.paired())
			must(t, err)
			inside, err := s.Card().Identify(k.ctx, trusted)
			if err != nil || inside != v {
				t.Errorf("in a session: %v, %v", inside, err)
			}
			if _, err := s.Status(k.ctx); err != nil {
				t.Errorf("the session is broken: %v", err)
			}
			if raw, err := json.Marshal(v); err != nil || !strings.Contains(string(raw), `"verdict":"`+string(c.want)) {
				t.Errorf("%s, %v", raw, err)
			}
		})
	}
}

func TestTheTrustStoreDecidesWhoIsAnAuthority(t *testing.T) {
	maker := authority(0x42)
	k := newKit(t, "3.1", func(o *applet.Options) { o.Identity = certify(maker) })
	k.connect(hardware{k.link})
	roots, err := trust.Open(k.dir + "/trust.json")
	must(t, err)
	known := func(key []byte) (string, bool) { return roots.Authority("keycard", key) }
	v, err := k.tap().Identify(k.ctx, known)
	if err != nil || v.Authenticity != keycard.UnknownAuthority {
		t.Errorf("%v, %v", v, err)
	}
	must(t, roots.Add("keycard", "my lab", maker.PubKey().SerializeCompressed()))
	v, err = k.tap().Identify(k.ctx, known)
	if err != nil || v.Authenticity != keycard.Genuine || v.Authority != "my lab" {
		t.Errorf("%v, %v", v, err)
	}
}

func TestAForgedProofIsAnError(t *testing.T) {
	maker := authority(0x42)
	k := newKit(t, "3.1", func(o *applet.Options) { o.Identity = certify(maker) })
	k.connect(hardware{k.link})
	m := k.meddle()
	var old []byte
	m.answer = func(_ int, cmd iso7816.Command, raw []byte) ([]byte, error) {
		if cmd.INS != wire.InsIdent {
			return raw, nil
		}
		if old == nil {
			old = raw
		}
		return old, nil // the answer to another challenge
	}
	_, err := k.tap().Identify(k.ctx, nobody)
	must(t, err)
	if _, err := k.tap().Identify(k.ctx, nobody); !errors.Is(err, card.ErrBadSignature) {
		t.Error(err)
	}
}
