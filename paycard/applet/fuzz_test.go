package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// FuzzAPDUs sends two commands of anything to a card that is ready to pay. Without PIN and token nothing it remembers
// may change.
func FuzzAPDUs(f *testing.F) {
	f.Add([]byte{0x80, 0x50, 0, 0, 1, 2}, []byte{0x80, 0x52, 1, 0})
	for _, c := range []iso7816.Command{wire.ChallengeCommand(0, order(5, 1)), wire.PayCommand(wire.Approval{}),
		wire.SetGuardsCommand(wire.DefaultGuards()), wire.SelectCommand(), raw(0x20, 0, 0, thePIN...)} {
		b, _ := c.Bytes()
		f.Add(b, b)
	}
	k := newKit(f)
	k.ready()
	before := k.snapshot()
	f.Fuzz(func(t *testing.T, a, b []byte) {
		k.TB = t
		k.tap()
		for _, raw := range [][]byte{a, b} {
			answer, err := k.card.Transmit(raw)
			if err != nil || len(answer) < 2 {
				t.Errorf("%x: %x, %v", raw, answer, err)
			}
		}
		if k.snapshot() != before && k.pairings() == 0 {
			t.Errorf("%x, %x changed something", a, b)
		}
	})
}

// pairings is never more than zero here: PAIR needs a proof that the fuzzer cannot make.
func (k *kit) pairings() int { return 4 - k.sel().FreeSlots }

// FuzzInTheChannel sends a command of anything through the owner's channel, with the PIN verified.
func FuzzInTheChannel(f *testing.F) {
	for _, c := range []iso7816.Command{wire.SetGuardsCommand(wire.DefaultGuards()),
		wire.SetProfileCommand(1, open(other)), wire.SetServiceCommand(service(approver2)),
		wire.RefillCommand(3), wire.ReadLogCommand(0),
		wire.StatusCommand(0x10), wire.BindCommand(0, addr(3)),
		wire.MandateCommand(0, grant(5, 1))} {
		f.Add(c.INS, c.P1, c.P2, c.Data)
	}
	k := newKit(f)
	k.ready()
	address := k.info.Address
	f.Fuzz(func(t *testing.T, ins, p1, p2 byte, data []byte) {
		switch ins { // ends the channel or the owner's knowledge of the codes
		case 0x10, 0x12, 0x13, 0x20, 0x21, 0x22, 0xA4, 0xFD, 0xFE:
			return
		}
		k.TB = t
		k.owner()
		wrapped, err := k.ch.WrapCommand(raw(ins, p1, p2, data[:min(len(data), 223)]...))
		if err != nil {
			t.Fatal(err)
		}
		k.bare(wrapped)
		if k.sel().Address != address {
			t.Error("another key")
		}
		if s := k.status(); s.Guards.Window == 0 {
			t.Error("guards out of range")
		}
	})
}
