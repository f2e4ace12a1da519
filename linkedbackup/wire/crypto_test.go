package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

func TestABundleOpensForItsCard(t *testing.T) {
	f := newFixture(t)
	o, j, b := f.offers(), f.joins(), f.bundles(t)
	for i, link := range []*wire.KeyPair{f.linkA, f.linkB} {
		must(t, b[i].Check(o[i], j[i]))
		c, err := b[i].Open(link, o[i], j[i])
		must(t, err)
		want := f.content()
		if !c.Private.Equal(want.Private) || !c.Chain.Equal(want.Chain) || !c.Code.Equal(want.Code) || c.Size != 3 ||
			c.Origin != wire.Generated {
			t.Errorf("bundle %d holds something else", i)
		}
	}
	if _, err := b[0].Open(f.linkB, o[0], j[0]); !errors.Is(err, wire.ErrBundle) {
		t.Errorf("with another link key: %v", err)
	}
}

// A source that lies about what is inside is genuine, so the signatures hold; the content is checked all the same.
func TestABundleWithWrongContentIsRefused(t *testing.T) {
	f := newFixture(t)
	o, j := f.offers()[0], f.joins()[0]
	for name, change := range map[string]func(c *wire.Content){
		"another number of cards": func(c *wire.Content) { c.Size = 2 },
		"no origin":               func(c *wire.Content) { c.Origin = wire.NoOrigin },
		"another key":             func(c *wire.Content) { c.Private = f.a.Private() },
		"no key":                  func(c *wire.Content) { c.Private = secret.New(make([]byte, 32)) },
		"no code":                 func(c *wire.Content) { c.Code = secret.Bytes{} },
	} {
		c := f.content()
		change(&c)
		set := wire.Members(f.source.Public, f.joins())
		b, err := wire.Seal(bytes.NewReader(bytes.Repeat([]byte{1}, 12)), f.source, f.link1, o, j, set, c)
		must(t, err)
		must(t, b.Check(o, j))
		if _, err := b.Open(f.linkA, o, j); !errors.Is(err, wire.ErrBundle) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAHighSIsRefused(t *testing.T) {
	f := newFixture(t)
	o := f.offers()[0]
	must(t, o.Check(f.identity(f.a)))
	var s secp256k1.ModNScalar
	s.SetByteSlice(o.Sig[32:])
	s.Negate()
	s.PutBytesUnchecked(o.Sig[32:])
	if err := o.Check(f.identity(f.a)); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("the same signature with a high s: %v", err)
	}
}

func TestEachHashHasItsOwnName(t *testing.T) {
	if wire.Hash("ab", []byte("c")) == wire.Hash("a", []byte("bc")) {
		t.Error("two names run into their messages")
	}
	f := newFixture(t)
	sig := f.a.Sign("Sign_State", []byte("m"))
	must(t, sig.Verify(f.a.Public, "Sign_State", []byte("m")))
	if sig.Verify(f.a.Public, "Sign_Offer", []byte("m")) == nil {
		t.Error("a signature is good under another name")
	}
}

func TestKeysThatAreNoneAreRefused(t *testing.T) {
	for _, b := range [][]byte{make([]byte, 32), bytes.Repeat([]byte{0xFF}, 32), make([]byte, 31), nil} {
		if _, err := wire.KeyPairOf(b); err == nil {
			t.Errorf("%d bytes are a private key", len(b))
		}
	}
	for _, k := range []wire.Key{{}, {4, 1}, {2, 1: 5, 32: 5}, wire.Key(bytes.Repeat([]byte{0xFF}, 33))} {
		if err := k.Check(); !errors.Is(err, wire.ErrPoint) {
			t.Errorf("%x: %v", k, err)
		}
	}
	if _, err := wire.NewKeyPair(bytes.NewReader(nil)); !errors.Is(err, wire.ErrRandom) {
		t.Errorf("an empty random source: %v", err)
	}
	if _, err := wire.NewKeyPair(ff{}); !errors.Is(err, wire.ErrRandom) {
		t.Errorf("a source of FF: %v", err)
	}
}

type ff struct{}

func (ff) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 0xFF
	}
	return len(b), nil
}

func TestAKeyPairDoesNotPrintItsSecret(t *testing.T) {
	k := fixed(t, 0x42)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v %#v %x %s", k, k, k, k)} {
		if strings.Contains(s, "4242") || strings.Contains(s, "66 66") {
			t.Errorf("it prints %s", s)
		}
	}
}

func TestTheChannelCarriesBothWays(t *testing.T) {
	host, card, _, _ := newFixture(t).channels(t)
	for i := range byte(5) {
		cmd, err := host.WrapCommand(iso7816.Command{CLA: 0x80, INS: 0x34, P1: i, Data: bytes.Repeat([]byte{i}, int(i)*200)})
		must(t, err)
		got, err := card.UnwrapCommand(cmd)
		must(t, err)
		if got.P1 != i || len(got.Data) != int(i)*200 || got.CLA != wire.ClassBare {
			t.Errorf("command %d arrives as %v", i, got)
		}
		r, err := card.WrapResponse(iso7816.Response{Data: []byte{i}, SW: 0x6AF0})
		must(t, err)
		back, err := host.UnwrapResponse(r)
		must(t, err)
		if back.SW != 0x6AF0 || !bytes.Equal(back.Data, []byte{i}) {
			t.Errorf("answer %d arrives as %v", i, back)
		}
	}
}

func TestAChannelThatIsTamperedWithCloses(t *testing.T) {
	for name, tamper := range map[string]func(host, card *wire.Channel) error{
		"a repeated answer": func(host, card *wire.Channel) error {
			first := roundTrip(t, host, card)
			cmd, err := host.WrapCommand(iso7816.Command{})
			must(t, err)
			_, err = card.UnwrapCommand(cmd)
			must(t, err)
			_, err = host.UnwrapResponse(first)
			return err
		},
		"a bare status word": func(host, card *wire.Channel) error {
			_, err := host.UnwrapResponse(iso7816.Response{SW: iso7816.SecurityNotSatisfied})
			return err
		},
		"a command sent back as an answer": func(host, card *wire.Channel) error {
			cmd, err := host.WrapCommand(iso7816.Command{Data: []byte{1, 2}})
			must(t, err)
			_, err = host.UnwrapResponse(iso7816.Response{Data: cmd.Data, SW: iso7816.OK})
			return err
		},
	} {
		host, card, _, _ := newFixture(t).channels(t)
		if err := tamper(host, card); !errors.Is(err, wire.ErrChannel) || !host.Closed() {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := host.WrapCommand(iso7816.Command{}); !errors.Is(err, wire.ErrChannel) {
			t.Errorf("%s: it goes on: %v", name, err)
		}
	}
}

func roundTrip(t *testing.T, host, card *wire.Channel) iso7816.Response {
	cmd, err := host.WrapCommand(iso7816.Command{})
	must(t, err)
	_, err = card.UnwrapCommand(cmd)
	must(t, err)
	r, err := card.WrapResponse(iso7816.Response{SW: iso7816.OK})
	must(t, err)
	_, err = host.UnwrapResponse(r)
	must(t, err)
	return r
}

func TestOnlyTheCardWithTheKeyOpensAChannel(t *testing.T) {
	f := newFixture(t)
	o, err := wire.NewOpening(bytes.NewReader(reveal(f.host)))
	must(t, err)
	_, answer, err := wire.Accept(bytes.NewReader(reveal(f.ephemeral)), f.a, o.Command().Data)
	must(t, err)
	if _, err := o.Finish(f.source.Public, answer); !errors.Is(err, wire.ErrChannel) {
		t.Errorf("another card answers: %v", err)
	}
	for i := range answer {
		o, err := wire.NewOpening(bytes.NewReader(reveal(f.host)))
		must(t, err)
		bad := bytes.Clone(answer)
		bad[i] ^= 1
		if _, err := o.Finish(f.a.Public, bad); err == nil {
			t.Errorf("byte %d of the answer is changed and accepted", i)
		}
	}
}

func TestATraceShowsNoSecrets(t *testing.T) {
	f := newFixture(t)
	code := secret.Copy([]byte("hunter2hunter2"))
	nonce := nonceBytes
	commands := []iso7816.Command{
		wire.VerifyCommand(code), wire.ChangeCommand(code, code), wire.ResetCommand(code),
		wire.ActivateCommand(wire.Imported, code, secret.Copy(bytes.Repeat([]byte("seed"), 16))),
		wire.SignCommand([]uint32{44}, [][32]byte{nonce}), wire.DeriveCommand(nonce, []uint32{44}),
		wire.JoinCommand(f.offers()[0]), wire.CommitCommand(f.joins()), wire.ImportCommand(f.bundles(t)[0]),
		wire.BeginCommand(3), wire.BundleCommand(1), wire.AttestCommand(nonce), wire.WaitCommand(), wire.AbortCommand(),
	}
	for _, cmd := range commands {
		text := fmt.Sprintf("%q", wire.Describe(cmd, iso7816.Response{Data: cmd.Data, SW: iso7816.OK}))
		for _, secret := range []string{"hunter2", "seedseed", "abababab", "68756e746572", "104 117 110"} {
			if strings.Contains(text, secret) {
				t.Errorf("%02X shows %q: %s", cmd.INS, secret, text)
			}
		}
		if !strings.Contains(text, "9000") {
			t.Errorf("%02X: no status in %s", cmd.INS, text)
		}
	}
	cmd := wire.ImportCommand(f.bundles(t)[0])
	text := fmt.Sprint(wire.Describe(cmd, iso7816.Response{SW: wire.ErrStale.SW}))
	if !strings.Contains(text, f.a.Public.Ident()) || !strings.Contains(text, wire.ErrStale.Error()) {
		t.Errorf("IMPORT is described as %s", text)
	}
}
