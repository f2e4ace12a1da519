package softcardtest

import (
	"testing"

	"tapcard.example/card"
	payapplet "tapcard.example/paycard/applet"
	"tapcard.example/softcard"
	"tapcard.example/transport/loopback"
)

// PayCard makes a payment card before INIT, in memory, with the buttons and sensors of in, and powers it. It goes away
// with the test.
func PayCard(t testing.TB, in payapplet.Inputs) card.Link {
	t.Helper()
	c, err := payapplet.NewCard(payapplet.Options{Env: softcard.NewEnv(softcard.NewStore()), Inputs: in})
	if err != nil {
		t.Fatal(err)
	}
	link := loopback.Connect(c, "software payment card")
	t.Cleanup(func() {
		if err := link.Close(); err != nil {
			t.Error(err)
		}
	})
	return link
}
