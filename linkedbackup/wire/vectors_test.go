package wire_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"reflect"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors is testdata/vectors.json: a backup to two cards with fixed keys and nonces, every message of it, so that
// others can check their own implementation. Everything is hex but the names and texts.
type vectors struct {
	Comment string            `json:"comment"`
	Keys    map[string]string `json:"keys"`   // private keys and other inputs
	Public  map[string]string `json:"public"` // compressed public keys of them, by the same name
	Idents  map[string]string `json:"idents"`
	Out     map[string]string `json:"messages"`
}

// fixture makes the actors of the vectors: private key i is 32 bytes of i.
type fixture struct {
	maker, source, a, b, link1, link2, linkA, linkB, wallet, host, ephemeral *wire.KeyPair
	chain                                                                    []byte
	code                                                                     string
}

func fixed(t testing.TB, i byte) *wire.KeyPair {
	t.Helper()
	k, err := wire.KeyPairOf(bytes.Repeat([]byte{i}, 32))
	must(t, err)
	return k
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newFixture(t testing.TB) *fixture {
	f := &fixture{chain: bytes.Repeat([]byte{0x0A}, 32), code: "tap 2 pay"}
	for i, k := range f.pairs() {
		*k.pair = fixed(t, byte(i+1))
	}
	return f
}

type named struct {
	name string
	pair **wire.KeyPair
}

func (f *fixture) pairs() []named {
	return []named{{"K_maker", &f.maker}, {"K_card S", &f.source}, {"K_card A", &f.a}, {"K_card B", &f.b},
		{"K_link S for A", &f.link1}, {"K_link S for B", &f.link2}, {"K_link A", &f.linkA}, {"K_link B", &f.linkB},
		{"wallet", &f.wallet}, {"E_host", &f.host}, {"E_card", &f.ephemeral}}
}

func (f *fixture) identity(card *wire.KeyPair) wire.Identity {
	return wire.Identity{Flags: wire.FlagSoftware, Card: card.Public, Root: f.maker.Public,
		Cert: wire.Certify(f.maker, card.Public, wire.FlagSoftware)}
}

func (f *fixture) offers() []wire.Offer {
	offers := []wire.Offer{{Size: 3, Slot: 1, Link: f.link1.Public, Wallet: f.wallet.Public},
		{Size: 3, Slot: 2, Link: f.link2.Public, Wallet: f.wallet.Public}}
	for i := range offers {
		offers[i].Sign(f.identity(f.source), f.source)
	}
	return offers
}

func (f *fixture) joins() []wire.Join {
	o := f.offers()
	return []wire.Join{wire.NewJoin(o[0], f.identity(f.a), f.a, f.linkA.Public),
		wire.NewJoin(o[1], f.identity(f.b), f.b, f.linkB.Public)}
}

func (f *fixture) content() wire.Content {
	return wire.Content{Private: f.wallet.Private(), Chain: secret.Copy(f.chain), Size: 3, Origin: wire.Generated,
		Code: secret.Copy([]byte(f.code))}
}

func (f *fixture) bundles(t testing.TB) (bundles []wire.Bundle) {
	o, j := f.offers(), f.joins()
	for i, link := range []*wire.KeyPair{f.link1, f.link2} {
		nonce := bytes.NewReader(bytes.Repeat([]byte{0xE0 + byte(i)}, 12))
		b, err := wire.Seal(nonce, f.source, link, o[i], j[i], wire.Members(f.source.Public, j), f.content())
		must(t, err)
		bundles = append(bundles, b)
	}
	return bundles
}

// channels is both sides of the channel to S.
func (f *fixture) channels(t testing.TB) (host, card *wire.Channel, request, answer []byte) {
	o, err := wire.NewOpening(bytes.NewReader(reveal(f.host)))
	must(t, err)
	request = o.Command().Data
	card, answer, err = wire.Accept(bytes.NewReader(reveal(f.ephemeral)), f.source, request)
	must(t, err)
	host, err = o.Finish(f.source.Public, answer)
	must(t, err)
	return host, card, request, answer
}

func reveal(k *wire.KeyPair) (b []byte) {
	k.Private().Reveal(func(p []byte) { b = bytes.Clone(p) })
	return b
}

// nonceBytes is the nonce of ATTEST and DERIVE in the vectors.
var nonceBytes = [32]byte(bytes.Repeat([]byte{0xAB}, 32))

func (f *fixture) vectors(t testing.TB) vectors {
	v := vectors{Comment: "Linked backup, version 1: a backup of card S to the cards A and B. Signatures have the nonces " +
		"of RFC 6979.",
		Keys: map[string]string{}, Public: map[string]string{}, Idents: map[string]string{}, Out: map[string]string{}}
	for _, k := range f.pairs() {
		v.Keys[k.name], v.Public[k.name] = hex.EncodeToString(reveal(*k.pair)), hex.EncodeToString((*k.pair).Public[:])
	}
	v.Keys["chain code"], v.Keys["access code, text"] = hex.EncodeToString(f.chain), f.code
	v.Keys["nonce of ATTEST and DERIVE"] = hex.EncodeToString(nonceBytes[:])
	put := func(name string, b []byte) { v.Out[name] = hex.EncodeToString(b) }
	for i, k := range []*wire.KeyPair{f.source, f.a, f.b} {
		name := []string{"S", "A", "B"}[i]
		v.Idents[name] = k.Public.Ident()
		cert := wire.Certify(f.maker, k.Public, wire.FlagSoftware)
		put("Cert_Card "+name, cert[:])
	}
	o, j, b := f.offers(), f.joins(), f.bundles(t)
	for i, name := range []string{"A", "B"} {
		put("offer for "+name, o[i].Encode())
		put("join of "+name, j[i].Encode())
		put("bundle for "+name, b[i].Encode())
		pair := wire.PairID(o[i], j[i])
		put("pair "+name, pair[:])
	}
	f.channelVectors(t, put)
	att := wire.Attestation{State: wire.Source, Flags: wire.FlagSoftware, Size: 3, Origin: wire.Generated,
		Wallet: f.wallet.Public, Set: b[0].Set}
	att.Sign(f.source, nonceBytes)
	put("attestation of S", att.Encode())
	d := wire.Derived{Key: f.wallet.Public, Chain: [32]byte(f.chain)}
	d.Prove(f.wallet, f.source.Public, nonceBytes, nil)
	put("answer to DERIVE, empty path, by S", d.Encode())
	return v
}

func (f *fixture) channelVectors(t testing.TB, put func(string, []byte)) {
	host, card, request, answer := f.channels(t)
	put("OPEN CHANNEL to S", request)
	put("answer to OPEN CHANNEL", answer)
	cmd, err := host.WrapCommand(wire.VerifyCommand(secret.Copy([]byte(f.code))))
	must(t, err)
	put("VERIFY CODE in the channel, data", cmd.Data)
	_, err = card.UnwrapCommand(cmd)
	must(t, err)
	r, err := card.WrapResponse(iso7816.Response{Data: f.wallet.Public[:], SW: iso7816.OK})
	must(t, err)
	put("answer to VERIFY CODE in the channel", r.Data)
}

func TestKnownAnswers(t *testing.T) {
	const file = "testdata/vectors.json"
	got := newFixture(t).vectors(t)
	if *update {
		raw, err := json.MarshalIndent(got, "", "  ")
		must(t, err)
		must(t, os.WriteFile(file, append(raw, '\n'), 0o644))
	}
	raw, err := os.ReadFile(file)
	must(t, err)
	var want vectors
	must(t, json.Unmarshal(raw, &want))
	if reflect.DeepEqual(got, want) {
		return
	}
	for name := range want.Out {
		if got.Out[name] != want.Out[name] {
			t.Errorf("%s is\n%s\ninstead of\n%s", name, got.Out[name], want.Out[name])
		}
	}
	t.Error("the vectors differ")
}

// The second implementation is in Python, made of PROTOCOL.md and other libraries.
func TestAnotherImplementationReadsTheKnownAnswers(t *testing.T) {
	if err := exec.Command("python3", "-c", "import cryptography").Run(); err != nil {
		t.Skipf("no Python 3 with the package cryptography here: %v", err)
	}
	out, err := exec.Command("python3", "testdata/verify.py").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
