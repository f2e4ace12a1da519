package wire_test

import (
	"crypto/rand"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

func BenchmarkAuthenticate(b *testing.B) {
	recordings, _ := readRecordings(b)
	card := wire.PublicKey(recordings["seed42_tapsigner"].Secrets.CardPub)
	cvc := secret.Copy([]byte("123456"))
	for b.Loop() {
		if _, _, err := wire.Authenticate(rand.Reader, card, wire.Nonce{1}, wire.CmdSign, cvc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseStatusAnswer(b *testing.B) {
	recordings, _ := readRecordings(b)
	body := recordings["seed42_tapsigner"].Log[0].Response
	for b.Loop() {
		if _, err := wire.ParseStatusAnswer(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFactoryRoot(b *testing.B) {
	recordings, _ := readRecordings(b)
	card := wire.PublicKey(recordings["seed42_tapsigner"].Secrets.CardPub)
	a, err := wire.ParseCertsAnswer(recordings["seed42_tapsigner"].Log[1].Response)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := wire.FactoryRoot(card, a.Chain); err != nil {
			b.Fatal(err)
		}
	}
}
