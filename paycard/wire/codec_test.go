package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

func address(t *rapid.T, name string) wire.Address {
	return wire.Address(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, name))
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	key, _ := wire.ParsePublicKey(vectors(t)["approver_public"])
	other, _ := wire.ParsePublicKey(vectors(t)["time_public"])
	rapid.Check(t, func(t *rapid.T) {
		u64, u32, u16 := rapid.Uint64(), rapid.Uint32(), rapid.Uint16()
		guards := wire.Guards{Flags: rapid.ByteMax(0x3F).Draw(t, "flags"), Hourly: rapid.ByteMax(32).Draw(t, "hourly"),
			Gap: u16.Draw(t, "gap"), Window: rapid.Uint32Range(wire.MinWindow, wire.MaxWindow).Draw(t, "window"),
			Currency: u64.Draw(t, "currency")}
		purse := wire.Purse{Chain: rapid.Uint64Min(1).Draw(t, "chain"), Vault: wire.Address{19: 1},
			Token: wire.Address{1}}
		profile := wire.Profile{Purse: purse, Single: u64.Draw(t, "single"), Velocity: u64.Draw(t, "velocity"),
			OfflineCount: u16.Draw(t, "count"), OfflineSum: u64.Draw(t, "sum"), OfflineSingle: u64.Draw(t, "offline"),
			Touch: rapid.SampledFrom([]byte{0, 3, wire.TouchOnly, wire.NoTouch}).Draw(t, "touch")}
		same(t, guards, guards.Append(nil), wire.ParseGuards)
		same(t, profile, profile.Append(nil), wire.ParseProfile)
		card := wire.CardStatus{Guards: guards, Left: u32.Draw(t, "left"), Counter: u32.Draw(t, "counter"),
			LastTime: u32.Draw(t, "time"), Hour: rapid.Byte().Draw(t, "hour"), Spent: u64.Draw(t, "spent"),
			Blind: address(t, "blind"), On: rapid.Bool().Draw(t, "on")}
		same(t, card, card.Encode(), wire.ParseCardStatus)
		stands := wire.ProfileStatus{Profile: profile, OfflineCount: u16.Draw(t, "used"), OfflineSum: 7, Spent: 8}
		same(t, stands, stands.Encode(), wire.ParseProfileStatus)
		info := wire.Info{Version: wire.Version, Initialized: true, FreeSlots: 3, Address: address(t, "address"),
			Capabilities: wire.Capabilities(rapid.Byte().Draw(t, "caps")), Hints: [4][4]byte{{1}, {}, {3}},
			URL: strings.Repeat("u", rapid.IntRange(0, wire.MaxURL).Draw(t, "url"))}
		same(t, info, info.Encode(), wire.ParseInfo)
		grant := wire.Grant{Payee: address(t, "payee"), Cap: rapid.Uint64Min(1).Draw(t, "cap"),
			Anchor: 8 * u64.Draw(t, "eighth"), Block: [32]byte{6}, Period: rapid.Uint32Min(1).Draw(t, "period"),
			Expiry: u32.Draw(t, "expiry"), Reference: [24]byte{7}}
		grant.Payee[0] |= 1
		same(t, grant, grant.Append(nil), wire.ParseGrant)
		entry := wire.Entry{Counter: u32.Draw(t, "n"), Merchant: address(t, "merchant"), Amount: u64.Draw(t, "amount"),
			Anchor: u64.Draw(t, "anchor"), Offer: [32]byte{4}, Digest: [32]byte{5}, Flags: 6, Profile: 7, Time: 8}
		entries, err := wire.ParseEntries(append(entry.Encode(), entry.Encode()...))
		if err != nil || len(entries) != 2 || entries[1] != entry {
			t.Fatal(entries, err)
		}
	})
	s := wire.Service{URL: "https://a.example", Keys: []wire.PublicKey{key, other}, MAC: secret.Copy(make([]byte, 32))}
	got, err := wire.ParseService(wire.SetServiceCommand(s).Data)
	if err != nil || got.URL != s.URL || len(got.Keys) != 2 || got.Keys[1] != other || !got.MAC.Equal(s.MAC) {
		t.Error(got, err)
	}
}

func same[T comparable](t *rapid.T, want T, raw []byte, parse func([]byte) (T, error)) {
	got, err := parse(raw)
	if err != nil || got != want {
		t.Fatalf("%+v, %v, not %+v", got, err, want)
	}
	for _, bad := range [][]byte{raw[:len(raw)-1], append(bytes.Clone(raw), 0)} {
		if _, err := parse(bad); !errors.Is(err, wire.ErrFormat) {
			t.Fatalf("%d bytes instead of %d: %v", len(bad), len(raw), err)
		}
	}
}

func TestSelectHoldsTheLongestURL(t *testing.T) {
	i := wire.Info{Initialized: true, URL: strings.Repeat("u", wire.MaxURL)}
	if n := len(i.Encode()) + 2; n >= 255 {
		t.Errorf("%d bytes with the status word", n)
	}
}

func TestAHighSIsNoSignature(t *testing.T) {
	v := vectors(t)
	s, _ := wire.ParseSignature(v["signature"])
	high := s
	// n - s: what a contract refuses as malleable.
	order, _ := hex.DecodeString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	borrow, n := 0, [32]byte(order)
	for i := 31; i >= 0; i-- {
		d := int(n[i]) - int(s.S[i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		high.S[i] = byte(d)
	}
	high.V ^= 1
	for name, bad := range map[string]wire.Signature{"high s": high, "no s": {R: s.R}, "no r": {S: s.S},
		"s beyond n": {R: s.R, S: n}, "V": {R: s.R, S: s.S, V: 4}} {
		if _, err := bad.Recover([32]byte(v["digest"])); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTagsDiffer(t *testing.T) {
	seen := map[wire.Tag]bool{}
	for _, tag := range []wire.Tag{wire.TagPayment, wire.TagApproval, wire.TagTime, wire.TagBind,
		wire.TagMandate, wire.TagOffer, wire.TagVoid, wire.TagMAC, wire.TagAllowances} {
		if seen[tag] || tag[0] != 0x54 || tag[7] != 1 {
			t.Errorf("%q", tag)
		}
		seen[tag] = true
	}
}

func TestTheTableOfCommandsIsInOrderAndSpeaks(t *testing.T) {
	last := -1
	for _, c := range wire.Commands() {
		if int(c.INS) <= last || c.INS>>4 == 6 || c.INS>>4 == 9 {
			t.Errorf("%s has INS %02X after %02X", c.Name, c.INS, last)
		}
		last = int(c.INS)
		if got, ok := wire.Lookup(c.INS); !ok || got.Name != c.Name {
			t.Errorf("%s is not found", c.Name)
		}
		for _, sw := range []iso7816.Status{0x9806, 0x9929, 0x6985, 0x6A80, 0x9000, 0x63C2, 0x6F12} {
			if c.Meaning(sw).Text == "" {
				t.Errorf("%s says nothing about %v", c.Name, sw)
			}
		}
	}
	if _, ok := wire.Lookup(0x51); ok {
		t.Error("51 is a command")
	}
}

func TestWaitSaysHowLong(t *testing.T) {
	for _, c := range []struct {
		seconds uint64
		want    string
	}{{1, "wait 1 s"}, {41, "wait 41 s"}, {255, "wait 255 s"}, {70000, "wait 255 s"}} {
		if got := wire.Wait(c.seconds).String(); got != c.want {
			t.Error(got)
		}
	}
	if _, ok := wire.AsRefusal(0x9000); ok {
		t.Error("9000 is a refusal")
	}
}
