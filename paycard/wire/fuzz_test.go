package wire_test

import (
	"bytes"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// again fails unless what was parsed encodes to the same bytes.
func again(t *testing.T, err error, encoded, from []byte) {
	if err == nil && !bytes.Equal(encoded, from) {
		t.Errorf("%x became %x", from, encoded)
	}
}

// FuzzParsers gives every parser the same bytes: each either refuses them or can write them again.
func FuzzParsers(f *testing.F) {
	for _, b := range vectors(f) {
		f.Add(b)
	}
	f.Add(wire.DefaultGuards().Append(nil))
	f.Add(wire.Info{Initialized: true, URL: "https://a.example"}.Encode())
	f.Add(wire.CardStatus{Guards: wire.DefaultGuards()}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, spec := range wire.Commands() {
			c := iso7816.Command{INS: spec.INS, P1: byte(len(b)), Data: b}
			if len(wire.Describe(c, iso7816.Response{Data: b, SW: iso7816.OK})) < 2 {
				t.Errorf("%s is not described", spec.Name)
			}
		}
		wire.Describe(wire.SelectCommand(), iso7816.Response{Data: b, SW: iso7816.OK})
		if i, err := wire.ParseInfo(b); err == nil && len(i.URL) > wire.MaxURL {
			t.Errorf("%d bytes of URL", len(i.URL))
		}
		order, err := wire.ParseOrder(b)
		again(t, err, order.Append(nil), b)
		grant, err := wire.ParseGrant(b)
		again(t, err, grant.Append(nil), b)
		terms, err := wire.ParseTerms(b)
		again(t, err, terms.Append(nil), b)
		challenge, err := wire.ParseChallenge(b)
		again(t, err, challenge.Encode(), b)
		if _, err := challenge.Open(secret.Copy(make([]byte, 32)), wire.Address{}, [32]byte{}); err == nil {
			t.Error("a MAC out of nothing")
		}
		signed, err := wire.ParseSigned(b)
		again(t, err, signed.Encode(), b)
		if signature, err := wire.ParseSignature(b); err == nil {
			signature.Recover([32]byte{1})
		}
		guards, err := wire.ParseGuards(b)
		again(t, err, guards.Append(nil), b)
		profile, err := wire.ParseProfile(b)
		again(t, err, profile.Append(nil), b)
		stands, err := wire.ParseProfileStatus(b)
		again(t, err, stands.Encode(), b)
		if _, err := wire.ParseCardStatus(b); err == nil && len(b) != 58 {
			t.Error("a card status of another length")
		}
		service, err := wire.ParseService(b)
		again(t, err, wire.SetServiceCommand(service).Data, b)
		keys, err := wire.ParseKeys(b)
		again(t, err, wire.SetTimeCommand(keys).Data, b)
		entries, err := wire.ParseEntries(b)
		var log []byte
		for _, e := range entries {
			log = append(log, e.Encode()...)
		}
		again(t, err, log, b)
	})
}

// FuzzApproval parses PAY with any P1.
func FuzzApproval(f *testing.F) {
	f.Add(byte(0x03), vectors(f)["pay_command"][5:153])
	f.Add(byte(0), []byte{})
	f.Fuzz(func(t *testing.T, p1 byte, data []byte) {
		a, err := wire.ParseApproval(iso7816.Command{INS: wire.InsPay, P1: p1, Data: data})
		if err != nil {
			return
		}
		if c := wire.PayCommand(a); c.P1 != p1 || !bytes.Equal(c.Data, data) {
			t.Errorf("%02X %x became %02X %x", p1, data, c.P1, c.Data)
		}
	})
}
