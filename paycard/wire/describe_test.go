package wire_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

func describe(c iso7816.Command, r iso7816.Response) string {
	var lines []string
	for _, f := range wire.Describe(c, r) {
		lines = append(lines, f.Name+": "+f.Value)
	}
	return strings.Join(lines, "\n")
}

func code(digits string) secret.PIN { return secret.PIN{Bytes: secret.Copy([]byte(digits))} }

func TestDescribeSaysWhatHappened(t *testing.T) {
	ok := func(b []byte) iso7816.Response { return iso7816.Response{Data: b, SW: iso7816.OK} }
	order := wire.Order{Merchant: wire.Address{0x77}, Amount: 1_500_000, Anchor: 8000}
	set := wire.Info{Version: wire.Version, Initialized: true, FreeSlots: 4, Address: wire.Address{0xAB}}
	for _, c := range []struct {
		c    iso7816.Command
		r    iso7816.Response
		want string
	}{
		{wire.SelectCommand(), ok(set.Encode()), "SELECT\nstatus: 9000\nversion: 1.0"},
		{wire.SelectCommand(), ok(set.Encode()), "address: " + set.Address.String() + "\nfree pairing slots: 4"},
		{wire.SelectCommand(), ok(wire.Info{}.Encode()), "card: not initialised"},
		{wire.SelectCommand(), iso7816.Response{SW: 0x6A82}, "status: 6A82"},
		{wire.ChallengeCommand(2, order), ok(wire.Challenge{Counter: 9, Flags: 2, Profile: 3}.Encode()),
			"command: CHALLENGE\nprofile: 2\namount: 1500000\nmerchant: " + order.Merchant.String() +
				"\nanchor: 8000\nstatus: 9000, done\ncounter: 9\nflags: 02\nprofile in effect: 3"},
		{wire.ChallengeHashCommand([32]byte{1}), iso7816.Response{SW: 0x9812},
			"for: a hash\nstatus: 9812, blind signing is switched off"},
		{wire.PayCommand(wire.Approval{Approver: &wire.TokenSignature{}}), ok(wire.Signed{Counter: 9}.Encode()),
			"approval: true\ntime: false\nstatus: 9000, done\ncounter: 9"},
		{wire.PayCommand(wire.Approval{}), iso7816.Response{SW: wire.Wait(7).SW()},
			"approval: false\ntime: false\nstatus: 9907, wait 7 s"},
		{channel.VerifyPINCommand(code("123456")), iso7816.Response{SW: 0x63C2},
			"VERIFY PIN\nstatus: 63C2, tries left: 2"},
		{wire.StatusCommand(wire.StatusTries), ok(wire.Tries{PIN: 3, PUK: 5}.Encode()),
			"of: tries\nstatus: 9000, done\nPIN tries left: 3"},
		{wire.StatusCommand(wire.StatusProfile + 3), iso7816.Response{SW: 0x6A88},
			"of: profile 3\nstatus: 6A88, no such profile"},
		{wire.StatusCommand(0x77), iso7816.Response{SW: 0x6A86}, "of: unknown, 77"},
		{wire.MandateCommand(1, wire.Grant{Cap: 9}), ok(wire.Signed{Counter: 9}.Encode()),
			"MANDATE\nprofile: 1\nstatus: 9000, done\ncounter: 9"},
		{wire.SwitchCommand(false), ok(nil), "SWITCH\nwhat: off"},
		{channel.PairFinalCommand([32]byte{}, 0), ok(channel.PairFinalAnswer{Slot: 3}.Encode()),
			"what: final step\nstatus: 9000, done\nslot: 3"},
		{iso7816.Command{INS: wire.InsSetGuards, Data: make([]byte, 48)}, ok(make([]byte, 32)),
			"secure channel: 48 bytes sent, 32 received"},
		{iso7816.Command{INS: wire.InsRefill, Data: make([]byte, 32)}, iso7816.Response{SW: 0x6982},
			"secure channel: 32 bytes sent, 0 received"},
		{channel.MutualCommand([32]byte{}), ok(make([]byte, 32)), "MUTUALLY AUTHENTICATE\nstatus: 9000, done"},
		{iso7816.Command{INS: channel.InsMutual, Data: make([]byte, 64)}, ok(make([]byte, 64)), "secure channel: 64 bytes sent"},
		{iso7816.Command{INS: 0x99}, iso7816.Response{SW: 0x6D00}, "unknown, INS 99\nstatus: 6D00"},
	} {
		if got := describe(c.c, c.r); !strings.Contains(got, c.want) {
			t.Errorf("%v lacks %q:\n%s", c.c, c.want, got)
		}
	}
}

// Each command, with secrets in every place that can hold some, whatever P1 is and whatever the card answers.
func TestDescribeShowsNoSecret(t *testing.T) {
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	service := wire.Service{URL: "https://canary.example/canary", Keys: []wire.PublicKey{{2, 0xC1, 0xC1, 0xC1, 0xC1}},
		MAC: secret.Copy(key(0xC2))}
	token := wire.TokenSignature(append(key(0xC3), key(0xC3)...))
	var r, s [32]byte
	copy(r[:], key(0xC4))
	copy(s[:], key(0xC5))
	signature := append(append(r[:], s[:]...), 27)
	order := wire.Order{Merchant: wire.Address{1}, Amount: 5, Block: [32]byte(key(0xC6)), Offer: [32]byte(key(0xC7))}
	entry := wire.Entry{Offer: [32]byte(key(0xC8)), Digest: [32]byte(key(0xC8))}
	purse := wire.Purse{Chain: 1, Vault: wire.Address(key(0xC9)[:20]), Token: wire.Address{1}}
	limits := wire.Profile{Purse: purse, Single: 0xCACACACACACA}
	challenge := wire.Challenge{Challenge: [16]byte(key(0xCB)), Sealed: [16]byte(key(0xCC)), MAC: [32]byte(key(0xCD))}
	commands := []iso7816.Command{
		channel.VerifyPINCommand(code("739184")), channel.ChangePINCommand(code("739184")),
		channel.ChangePUKCommand(code("604829175036")),
		channel.UnblockPINCommand(code("604829175036"), code("739184")),
		channel.ChangeTokenCommand(secret.Copy(key(0xCE))),
		wire.SetServiceCommand(service), wire.SetTimeCommand(service.Keys), wire.SetProfileCommand(1, limits),
		wire.ChallengeCommand(0, order), wire.ChallengeHashCommand(order.Offer), wire.PayCommand(wire.Approval{Approver: &token}),
		wire.SignHashCommand(wire.Approval{Approver: &token, Time: &token}), wire.BindCommand(0, purse.Vault),
		wire.MandateCommand(0, wire.Grant{Payee: purse.Vault, Cap: limits.Single, Block: order.Block, Reference: [24]byte(key(0xC8))}),
		wire.ReadLogCommand(0), wire.StatusCommand(wire.StatusProfile), wire.StatusCommand(wire.StatusService),
		channel.PairFirstCommand([32]byte(key(0xC4))), channel.PairFinalCommand([32]byte(key(0xC4)), 0),
	}
	answers := [][]byte{nil, entry.Encode(), wire.ProfileStatus{Profile: limits}.Encode(), service.AppendPublic(nil),
		challenge.Encode(), append(make([]byte, 4), signature...), signature,
		channel.PairFinalAnswer{Salt: [32]byte(key(0xC5))}.Encode()}
	for _, sw := range []iso7816.Status{iso7816.OK, iso7816.SecurityNotSatisfied, 0x63C1, 0x9808} {
		for _, answer := range answers {
			for _, c := range commands {
				for p1 := range 256 {
					c.P1 = byte(p1)
					hides(t, describe(c, iso7816.Response{Data: answer, SW: sw}))
				}
			}
		}
	}
}

// hides wants none of the secrets above in a text: runs of a byte from C1 to CE, in bytes, hex or decimal, and codes.
func hides(t *testing.T, shown string) {
	t.Helper()
	low := strings.ToLower(shown)
	hidden := []string{"canary", "7391", "6048", hex.EncodeToString([]byte("7391")), fmt.Sprint(0xCACACACACACA)}
	for b := 0xC1; b <= 0xCE; b++ {
		run := bytes.Repeat([]byte{byte(b)}, 3)
		hidden = append(hidden, string(run), hex.EncodeToString(run), strings.Trim(fmt.Sprint(run), "[]"))
	}
	for _, h := range hidden {
		if strings.Contains(low, h) || strings.Contains(shown, h) {
			t.Fatalf("%q is shown:\n%s", h, shown)
		}
	}
}
