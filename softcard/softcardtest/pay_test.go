package softcardtest_test

import (
	"testing"

	"tapcard.example/card"
	"tapcard.example/paycard"
	payapplet "tapcard.example/paycard/applet"
	"tapcard.example/softcard/softcardtest"
)

func TestAPayCardIsThereInOneLineAndEmpty(t *testing.T) {
	link := softcardtest.PayCard(t, payapplet.Inputs{})
	c, err := paycard.Select(t.Context(), card.NewChannel(link))
	if err != nil || c.Info().Initialized {
		t.Fatalf("a new payment card: %+v, %v", c, err)
	}
}
