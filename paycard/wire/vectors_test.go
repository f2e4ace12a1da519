package wire_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// vectors were made from PROTOCOL.md by another program; see testdata/PROVENANCE.md.
func vectors(tb testing.TB) map[string][]byte {
	tb.Helper()
	raw, err := os.ReadFile("../testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var text map[string]string
	if err := json.Unmarshal(raw, &text); err != nil {
		tb.Fatal(err)
	}
	v := map[string][]byte{}
	for name, s := range text {
		if v[name], err = hex.DecodeString(s); err != nil {
			tb.Fatal(err)
		}
	}
	return v
}

// theVector is the payment and the token in the vectors, put together here.
func theVector(v map[string][]byte) (wire.Payment, wire.Token) {
	order, _ := wire.ParseOrder(v["order"])
	purse := wire.Purse{Chain: binary.BigEndian.Uint64(v["purse"]), Vault: wire.Address(v["purse"][8:]),
		Token: wire.Address(v["purse"][28:])}
	payment := wire.Payment{Purse: purse, Order: order, Counter: 1}
	return payment, wire.Token{Card: wire.Address(v["card_address"]), Challenge: [16]byte(v["challenge"]),
		Digest: payment.Digest(),
		Terms:  wire.Terms{Time: 1_800_000_000, Expiry: 1_800_000_030, Rate: 1234, Flags: wire.RefillOffline}}
}

func TestWhatIsSignedIsAsTheProtocolSays(t *testing.T) {
	v := vectors(t)
	payment, token := theVector(v)
	hint, digest, approval, at := payment.Purse.Hint(), payment.Digest(), token.SHA256(), token.TimeSHA256()
	bind := wire.BindDigest(payment.Purse, token.Card, wire.Address(v["owner"]))
	private := func(name string) *secp256k1.PrivateKey { return secp256k1.PrivKeyFromBytes(v[name]) }
	card, blind := wire.AddressOf(private("card_key").PubKey()), wire.AddressOf(private("blind_key").PubKey())
	byApprover, byTime := wire.SignToken(private("approver_key"), approval), wire.SignToken(private("time_key"), at)
	for name, got := range map[string][]byte{
		"hint": hint[:], "payment": payment.Encode(), "digest": digest[:], "approval": token.Encode(),
		"approval_digest": approval[:], "time": token.EncodeTime(), "time_digest": at[:], "bind_digest": bind[:],
		"card_address": card[:], "blind_address": blind[:],
		"approval_signature": byApprover[:], "time_signature": byTime[:],
		"signature":      wire.Sign(private("card_key"), digest).Append(nil),
		"bind_signature": wire.Sign(private("card_key"), bind).Append(nil),
		"purse":          payment.Purse.Append(nil), "order": payment.Order.Append(nil),
	} {
		if !bytes.Equal(got, v[name]) {
			t.Errorf("%s is %x, not %x", name, got, v[name])
		}
	}
}

func TestAMandateIsAsTheProtocolSays(t *testing.T) {
	v := vectors(t)
	payment, token := theVector(v)
	g := wire.Grant{Payee: payment.Order.Merchant, Cap: 30_000_000, Anchor: payment.Order.Anchor, Block: payment.Order.Block,
		Period: 2_592_000, Expiry: 1_900_000_000}
	copy(g.Reference[:], "rent of the flat")
	m := wire.Mandate{Purse: payment.Purse, Grant: g, Counter: 1}
	digest, address := m.Digest(), token.Card
	command, err := wire.MandateCommand(0, g).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	entry := wire.Entry{Counter: 1, Flags: wire.LogMandate, Merchant: g.Payee, Amount: g.Cap, Anchor: g.Anchor,
		Offer: g.Terms(), Digest: digest}
	for name, got := range map[string][]byte{
		"grant": g.Append(nil), "mandate": m.Encode(), "mandate_digest": digest[:], "mandate_command": command,
		"mandate_signature": wire.Sign(secp256k1.PrivKeyFromBytes(v["card_key"]), digest).Append(nil),
		"mandate_log_entry": entry.Encode(),
	} {
		if !bytes.Equal(got, v[name]) {
			t.Errorf("%s is %x, not %x", name, got, v[name])
		}
	}
	s, err := wire.ParseSignature(v["mandate_signature"])
	if err != nil {
		t.Fatal(err)
	}
	if by, err := s.Recover(digest); err != nil || by != address {
		t.Error(by, err)
	}
	if by, err := s.Recover(payment.Digest()); err == nil && by == address {
		t.Error("a mandate's signature is good for a payment")
	}
	if parsed, err := wire.ParseGrant(v["grant"]); err != nil || parsed != g || parsed.ReferenceText() != "rent of the flat" {
		t.Error(parsed, err)
	}
}

func TestSignaturesOfTheVectorsVerify(t *testing.T) {
	v := vectors(t)
	_, token := theVector(v)
	s, err := wire.ParseSignature(v["signature"])
	if err != nil {
		t.Fatal(err)
	}
	if by, err := s.Recover(token.Digest); err != nil || by != token.Card {
		t.Error(by, err)
	}
	for name, c := range map[string]struct {
		key, by string
		digest  [32]byte
		want    bool
	}{
		"approval":         {"approver_public", "approval_signature", token.SHA256(), true},
		"time":             {"time_public", "time_signature", token.TimeSHA256(), true},
		"time as approval": {"time_public", "time_signature", token.SHA256(), false},
		"another key":      {"time_public", "approval_signature", token.SHA256(), false},
	} {
		key, err := wire.ParsePublicKey(v[c.key])
		if err != nil {
			t.Fatal(err)
		}
		if got := wire.TokenSignature(v[c.by]).Verify(key, c.digest); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCommandsAndAnswersAreAsTheProtocolSays(t *testing.T) {
	v := vectors(t)
	payment, token := theVector(v)
	a := wire.Approval{Terms: token.Terms, Approver: (*wire.TokenSignature)(v["approval_signature"]),
		Time: (*wire.TokenSignature)(v["time_signature"])}
	challenge, err := wire.ChallengeCommand(0, payment.Order).Bytes()
	pay, err2 := wire.PayCommand(a).Bytes()
	if !bytes.Equal(challenge, v["challenge_command"]) || !bytes.Equal(pay, v["pay_command"]) {
		t.Errorf("%x, %x, %v, %v", challenge, pay, err, err2)
	}
	answer := wire.Challenge{Challenge: token.Challenge, Counter: 1, Flags: 0x0E}
	left := wire.Allowances{Signatures: 9, Offline: 3, Hour: 5, Velocity: 50_000_000}
	key := secret.Copy(v["mac_key"])
	answer.Seal(key, token.Card, token.Digest, left)
	if !bytes.Equal(answer.Encode(), v["challenge_answer"]) {
		t.Errorf("%x", answer.Encode())
	}
	parsed, err := wire.ParseChallenge(v["challenge_answer"])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parsed.Open(key, token.Card, token.Digest); err != nil || got != left {
		t.Error(got, err)
	}
	entry := wire.Entry{Counter: 1, Time: token.Terms.Time, Flags: 3, Merchant: payment.Order.Merchant,
		Amount: payment.Order.Amount, Anchor: payment.Order.Anchor, Offer: payment.Order.Offer, Digest: token.Digest}
	if !bytes.Equal(entry.Encode(), v["log_entry"]) {
		t.Errorf("%x", entry.Encode())
	}
}
