package applet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/applet"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// vectorCard is a card with the vectors' keys and settings.
func vectorCard(t *testing.T) (k *kit, v func(name string) []byte) {
	t.Helper()
	raw, err := os.ReadFile("../testdata/vectors.json")
	must(t, err)
	var text map[string]string
	must(t, json.Unmarshal(raw, &text))
	v = func(name string) []byte {
		b, err := hex.DecodeString(text[name])
		must(t, err)
		return b
	}
	k = &kit{TB: t}
	noise := bytes.Repeat([]byte{0x5C}, 64)
	env := softcard.NewEnv(softcard.NewStore())
	env.Rand = io.MultiReader( // the order is that of the package comment
		bytes.NewReader(noise[:16+32]),                            // UID and channel key
		bytes.NewReader(append(v("card_key"), v("blind_key")...)), // INIT
		bytes.NewReader(noise[:64]),                               // PAIR
		bytes.NewReader(append(noise[:48:48], noise[:32]...)),     // OPEN and MUTUALLY AUTHENTICATE
		bytes.NewReader(v("challenge")),
	)
	k.card, err = applet.NewCard(applet.Options{Env: env})
	must(t, err)
	k.card.PowerOn()
	k.init()
	k.equal("the address", k.info.Address, wire.Address(v("card_address")))
	vectorOwner(k, v)
	return k, v
}

// TestTheMandateOfTheVectors has the card sign the vectors' mandate and log it.
func TestTheMandateOfTheVectors(t *testing.T) {
	k, v := vectorCard(t)
	cmd, err := iso7816.ParseCommand(v("mandate_command"))
	must(t, err)
	want := append([]byte{0, 0, 0, 1}, v("mandate_signature")...)
	if answer := k.ok(k.send(cmd)).Data; !bytes.Equal(answer, want) {
		t.Errorf("%x, not %x", answer, want)
	}
	if log := k.ok(k.send(wire.ReadLogCommand(0))).Data; !bytes.Equal(log, v("mandate_log_entry")) {
		t.Errorf("%x", log)
	}
}

// TestTheTapOfTheVectors has the card answer the vectors' commands, byte by byte.
func TestTheTapOfTheVectors(t *testing.T) {
	k, v := vectorCard(t)
	k.tap()
	for _, step := range [][2]string{{"challenge_command", "challenge_answer"}, {"pay_command", "pay_answer"}} {
		answer, err := k.card.Transmit(v(step[0]))
		must(t, err)
		if want := append(v(step[1]), 0x90, 0x00); !bytes.Equal(answer, want) {
			t.Errorf("%s: %x, not %x", step[0], answer, want)
		}
	}
}

// vectorOwner sets the card up as the vectors have it.
func vectorOwner(k *kit, v func(string) []byte) {
	k.Helper()
	purse := wire.Purse{Chain: binary.BigEndian.Uint64(v("purse")), Vault: wire.Address(v("purse")[8:]),
		Token: wire.Address(v("purse")[28:])}
	p := open(purse)
	p.Velocity, p.OfflineCount = 50_000_000, 3
	k.owner()
	for _, cmd := range []iso7816.Command{
		wire.SetProfileCommand(0, p),
		wire.SetServiceCommand(wire.Service{URL: theURL, Keys: []wire.PublicKey{wire.PublicKey(v("approver_public"))},
			MAC: secret.Copy(v("mac_key"))}),
		wire.SetTimeCommand([]wire.PublicKey{wire.PublicKey(v("time_public"))}),
		wire.SetGuardsCommand(wire.Guards{Flags: wire.OncePerPower | wire.WantApproval | wire.WantTime, Hourly: 5,
			Gap: 60, Window: 86400, Currency: 10_000}),
		wire.RefillCommand(9),
	} {
		k.ok(k.send(cmd))
	}
}
