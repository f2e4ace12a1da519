package btc_test

import (
	"fmt"
	"testing"

	"tapcard.example/chain/btc"
)

// BenchmarkSign is what signing costs the host, the card's work included: signatures are made and verified here, and
// the finished transaction goes through a script engine.
func BenchmarkSign(b *testing.B) {
	for _, inputs := range []int{1, 20} {
		b.Run(fmt.Sprintf("%d inputs", inputs), func(b *testing.B) {
			m := master(b, 1)
			p := newPayment(b)
			for i := range inputs {
				n := derive(b, m, fmt.Sprintf("m/84'/1'/0'/0/%d", i))
				p.spend(100_000, keyScript(b, btc.P2WPKH, n), n)
			}
			p.pay(int64(inputs)*99_000, stranger(b))
			w := btc.Wallet{Accounts: []btc.Account{account(b, m, "m/84'/1'/0'")}}
			raw := p.packet().Bytes()
			for b.Loop() {
				packet := must(btc.ParsePSBT(raw))
				d := newDesk(&softCard{master: m})
				if r, err := packet.Sign(b.Context(), &d.Signer, w, regtest); err != nil || !r.Complete {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReview is the part before anybody is asked.
func BenchmarkReview(b *testing.B) {
	p, _, w := simple(b)
	packet := p.packet()
	for b.Loop() {
		if _, err := packet.Review(w, regtest); err != nil {
			b.Fatal(err)
		}
	}
}
