package wire_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func describe(c iso7816.Command, r iso7816.Response) string {
	var lines []string
	for _, f := range wire.Describe(c, r) {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return strings.Join(lines, "\n")
}

func TestDescribeSaysWhatHappened(t *testing.T) {
	pub := hex.EncodeToString(testKey(1).PubKey().SerializeUncompressed())
	path := []uint32{0x8000002C, 0x8000003C, 0x80000000, 0, 0}
	ok := iso7816.Response{SW: iso7816.OK}
	for _, c := range []struct {
		c    iso7816.Command
		r    iso7816.Response
		want []string
	}{
		{wire.SelectCommand(wire.KeycardAID(1)), iso7816.Response{Data: infoOf(wire.V2_3).Encode(), SW: iso7816.OK},
			[]string{"command: SELECT", "version: 2.3", "free pairing slots: 5", "channel key: " + pub, "key UID: 0001"}},
		{wire.DeriveCommand(wire.FromMaster, path), ok,
			[]string{"command: DERIVE KEY", "from: master", "path: 44'/60'/0'/0/0", "status: 9000, done"}},
		{wire.VerifyPINCommand(pin(t, "123456")), iso7816.Response{SW: 0x63C2}, []string{"tries left: 2"}},
		{wire.StatusCommand(), iso7816.Response{Data: unhex(t, "a3090201030201050101ff"), SW: iso7816.OK},
			[]string{"PIN tries left: 3", "PUK tries left: 5", "key loaded: true"}},
		{wire.PathStatusCommand(), iso7816.Response{Data: wire.AppendPath(nil, path), SW: iso7816.OK},
			[]string{"path: 44'/60'/0'/0/0"}},
		{wire.SignPathCommand([32]byte{}, wire.FromCurrent, path[3:], true), iso7816.Response{SW: 0x6985},
			[]string{"key: derive and make current", "from: current", "path: 0/0", "no key is loaded"}},
		{wire.PairFinalCommand([32]byte{}, 0), iso7816.Response{Data: wire.PairFinalAnswer{Slot: 3}.Encode(), SW: 0x9000},
			[]string{"step: final", "slot: 3"}},
		{wire.DuplicateStartCommand(3, secret.Copy(counting(32))), ok, []string{"subcommand: start", "pieces: 3"}},
		{iso7816.Command{INS: 0x99}, iso7816.Response{SW: 0x6D00}, []string{"unknown, INS 99", "6D00"}},
		{wire.ExportCurrentCommand(7), iso7816.Response{SW: 0x6A86}, []string{"exports: unknown, 07"}},
	} {
		got := describe(c.c, c.r)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%v lacks %q:\n%s", c.c, want, got)
			}
		}
	}
}

func TestRecordedExchangesAreDescribedPlainAndWrapped(t *testing.T) {
	for v, steps := range recorded(t) {
		for _, s := range steps {
			plain, outer := describe(s.inner(t)), describe(s.command(t), s.response(t))
			if strings.Contains(plain, "secure channel:") {
				t.Errorf("%v %s, plaintext:\n%s", v, s.Note, plain)
			}
			if s.wrapped() != strings.Contains(outer, "secure channel:") {
				t.Errorf("%v %s, outside:\n%s", v, s.Note, outer)
			}
		}
	}
}

// secretExchanges are plaintext exchanges full of things that must never be shown, each made of recognisable bytes.
func secretExchanges(t testing.TB) (exchanges [][2]any, hidden [][]byte) {
	private, chain, token := sum("private"), sum("chain"), sum("token")
	entropy, hash, data := sum("entropy"), sum("hash"), sum("data")
	seed := append(sum("seed 1"), sum("seed 2")...)
	words := []uint16{1901, 1902, 1903, 1904, 1905, 1906, 1907, 1908, 1909, 1910, 1911, 1912}
	key := wire.KeyTemplate{Private: secret.Copy(private), ChainCode: secret.Copy(chain)}
	code, puk := pin(t, "739184"), pin(t, "604829175036")
	r, s, _ := signRaw(testKey(5), [32]byte(hash))
	sig := wire.Signature{PublicKey: [65]byte(testKey(5).PubKey().SerializeUncompressed()), R: r, S: s}
	answer := func(b []byte) iso7816.Response { return iso7816.Response{Data: b, SW: iso7816.OK} }
	exchanges = [][2]any{
		{wire.VerifyPINCommand(code), answer(nil)},
		{wire.ChangePINCommand(code), answer(nil)},
		{wire.ChangePUKCommand(puk), answer(nil)},
		{wire.ChangeTokenCommand(secret.Copy(token)), answer(nil)},
		{wire.UnblockPINCommand(puk, code), answer(nil)},
		{wire.LoadKeyCommand(key), answer(sum("uid"))},
		{wire.LoadSeedCommand(secret.Copy(seed)), answer(sum("uid"))},
		{wire.GenerateMnemonicCommand(4), answer(wire.EncodeMnemonic(words))},
		{wire.ExportCurrentCommand(wire.ExportPrivate), answer(key.Encode())},
		{wire.SignCommand([32]byte(hash)), answer(sig.Encode(false))},
		{wire.DuplicateStartCommand(2, secret.Copy(entropy)), answer(nil)},
		{wire.StoreDataCommand(wire.DataPublic, data), answer(nil)},
		{wire.GetDataCommand(wire.DataPublic), answer(data)},
		{wire.SetNDEFCommand(data), answer(nil)},
	}
	hidden = [][]byte{private, chain, token, entropy, hash, data, seed[:32], seed[32:], []byte("739184"),
		[]byte("604829175036"), wire.EncodeMnemonic(words[:3]), r[:], s[:]}
	return exchanges, hidden
}

func sum(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

// Secrets stay hidden whatever the parameters are and whatever the card answers.
func TestDescribeShowsNoSecret(t *testing.T) {
	exchanges, hidden := secretExchanges(t)
	for _, e := range exchanges {
		c, r := e[0].(iso7816.Command), e[1].(iso7816.Response)
		for _, sw := range []iso7816.Status{iso7816.OK, 0x6985, 0x6982, 0x63C1} {
			reply := iso7816.Response{Data: r.Data, SW: sw}
			assertHidden(t, describe(c, reply), hidden)
			for p1 := range byte(4) {
				changed := c
				changed.P1 = p1
				assertHidden(t, describe(changed, reply), hidden)
			}
		}
	}
}

func assertHidden(t *testing.T, shown string, hidden [][]byte) {
	t.Helper()
	low := strings.ToLower(shown)
	for _, h := range hidden {
		// A third of a secret is enough to find it.
		part := h[:max(len(h)/3, 4)]
		if strings.Contains(low, hex.EncodeToString(part)) || strings.Contains(shown, string(part)) ||
			strings.Contains(shown, strings.Trim(fmt.Sprint(part), "[]")) {
			t.Fatalf("shown:\n%s", shown)
		}
	}
}
