package applet_test

import (
	"fmt"
	"reflect"
	"testing"

	"tapcard.example/linkedbackup/wire"
)

func TestAllCardsOfASetSignWithTheSameKey(t *testing.T) {
	for size := 2; size <= 3; size++ {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			w := newWorld(t, 1)
			cards := []*soft{w.active("source")}
			for i := 1; i < size; i++ {
				cards = append(cards, w.empty(fmt.Sprint("backup ", i)))
			}
			before := cards[0].sign(theCode)
			backup(cards...)
			wallet := cards[0].attest().Wallet
			for i, c := range cards {
				if got := c.sign(theCode); !reflect.DeepEqual(got, before) {
					t.Errorf("card %d signs differently", i)
				}
				a := c.attest()
				if int(a.Size) != size || int(a.Slot) != i || a.Wallet != wallet || a.Origin != wire.Generated {
					t.Errorf("card %d attests %+v", i, a)
				}
				if !a.State.Linked() {
					t.Errorf("card %d is %v", i, a.State)
				}
			}
		})
	}
}
