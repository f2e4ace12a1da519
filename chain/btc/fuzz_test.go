package btc_test

import (
	"bytes"
	"testing"

	"tapcard.example/chain/btc"
)

// FuzzPSBT reads whatever it is given. What is read must come back byte for byte, survive the other version, and be
// reviewed, signed and finalized without a panic.
func FuzzPSBT(f *testing.F) {
	v0, v2 := load[bip174](f, "bip174.json"), load[bip370](f, "bip370.json")
	for _, cases := range [][]psbtCase{v0.Valid, v0.Invalid, v0.RefusedBySigner, v2.Valid, v2.Invalid} {
		for _, c := range cases {
			if p, err := btc.ParsePSBT([]byte(c.PSBT)); err == nil {
				f.Add(p.Bytes())
			}
		}
	}
	good, _, w := simple(f)
	f.Add(good.packet().Bytes())
	f.Add(must(good.packet().ToV2()).Bytes())
	m := master(f, 1)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := btc.ParsePSBT(raw)
		if err != nil {
			return
		}
		if bytes.HasPrefix(raw, []byte("psbt\xff")) && !bytes.Equal(p.Bytes(), raw) {
			t.Fatalf("became %x", p.Bytes())
		}
		other := p.ToV0
		if p.Version() == 0 {
			other = p.ToV2
		}
		if converted, err := other(); err != nil || converted.Unsigned().TxHash() != p.Unsigned().TxHash() {
			t.Fatalf("another transaction in the other version: %v", err)
		}
		r, err := p.Review(w, btc.Options{TrustAmounts: true, AnySighash: true})
		if r == nil || err == nil && r.Fee < 0 && len(r.Inputs) > 0 && r.Inputs[0].Ours {
			t.Fatalf("%+v, %v", r, err)
		}
		_ = r.Summary.String()
		d := newDesk(&softCard{master: m})
		if _, err := p.Sign(t.Context(), &d.Signer, w, btc.Options{}); err == nil {
			_, _ = p.Transaction()
		}
		if p.Finalize() == nil {
			if _, err := p.Transaction(); err != nil {
				t.Fatalf("finalized, and then %v", err)
			}
		}
		_, _ = p.MessageSignature()
	})
}
