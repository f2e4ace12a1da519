package applet_test

import (
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

func TestUnknownInstruction(t *testing.T) {
	each(t, "apdu.6d00.unknown-ins", func(k *kit) {
		k.init()
		for _, ins := range []byte{0x00, 0x15, 0x7F, 0xC5, 0xFF} {
			k.is(k.bare(ins, 0, 0))
		}
	})
	each(t, "apdu.6d00.unknown-ins-channel", func(k *kit) {
		k.opened()
		before := k.reply
		k.is(k.send(0x15, 0, 0))
		k.equal("the answer under the IV of the trap", k.under(before, k.raw), []byte{0x6D, 0x00})
		k.ok(k.send(0xF2, 0, 0)) // both sides are in step again
	})
	each(t, "apdu.6d00.before-init", func(k *kit) {
		k.sel()
		for ins := range 256 {
			switch byte(ins) {
			case 0xA4, 0xFE, 0x14:
			default:
				k.is(k.bare(byte(ins), 0, 0, k.random(32)...))
			}
		}
	})
}

func TestInstructionsThatAProfileDoesNotHave(t *testing.T) {
	absent := func(instructions ...byte) func(k *kit) {
		return func(k *kit) {
			k.verified()
			for _, ins := range instructions {
				k.is(k.send(ins, 0, 0, k.random(32)...))
			}
			k.sel()
			for _, ins := range instructions {
				k.is(k.bare(ins, 0, 0, k.random(32)...))
			}
		}
	}
	each(t, "apdu.6d00.gone-in-3.1", absent(0xD5, 0xF3))
	each(t, "apdu.6d00.not-yet", absent(0x14, 0xFD))
	each(t, "apdu.6d00.data-before-2.3", absent(0xCA, 0xE2))
}

func TestClassByteIsNotLookedAt(t *testing.T) {
	each(t, "apdu.effect.cla-ignored", func(k *kit) {
		k.opened()
		for _, cla := range []byte{0x00, 0x80, 0xB0, 0xE4} {
			cmd := command(0xF2, 0, 0, nil)
			cmd.CLA = cla
			k.is(k.receive(k.transmit(k.wrap(cmd))))
		}
	})
}

func TestErrorsInsideTheChannelAreEncrypted(t *testing.T) {
	each(t, "channel.effect.outer-9000", func(k *kit) {
		k.opened()
		if inner := k.send(0xF2, 9, 0); inner.SW == iso7816.OK {
			k.Error("no error inside")
		}
		k.is(iso7816.Response{SW: k.raw.SW})
		if len(k.raw.Data) != 32 {
			k.Errorf("the encrypted status word takes %d bytes", len(k.raw.Data))
		}
	})
}

func TestChannelChainsItsIVs(t *testing.T) {
	each(t, "channel.effect.iv-chain", func(k *kit) {
		k.opened()
		for range 3 {
			cmd := k.wrap(command(0xF2, 1, 0, nil))
			k.equal("a command of empty data", k.under(k.reply, iso7816.Response{Data: cmd.Data}), []byte{})
			r := k.is(k.transmit(cmd))
			k.equal("the answer", k.under([16]byte(cmd.Data[:16]), r), []byte{0x90, 0x00})
			k.receive(r)
		}
	})
}

func TestChannelEndsWithAMACThatIsWrong(t *testing.T) {
	spoiled := func(k *kit) iso7816.Response {
		cmd := k.wrap(command(0xF2, 0, 0, nil))
		cmd.Data[len(cmd.Data)-1] ^= 1
		return k.transmit(cmd)
	}
	each(t, "channel.6982.bad-mac", func(k *kit) {
		k.is(spoiled(k.verified()))
		k.answers(k.forgotten(), iso7816.ConditionsNotSatisfied)
	})
	each(t, "channel.effect.dead-after-6982", func(k *kit) {
		k.verified()
		before := *k.ch
		k.answers(spoiled(k), iso7816.SecurityNotSatisfied)
		k.ch = &before
		k.is(k.transmit(k.wrap(command(0xF2, 0, 0, nil))))
	})
	each(t, "channel.6982.bare-command", func(k *kit) {
		k.is(k.verified().bare(0xF2, 0, 0))
		k.answers(k.forgotten(), iso7816.ConditionsNotSatisfied)
	})
	for _, n := range []int{1, 15, 16, 17, 31, 33} {
		each(t, "channel.6982.too-short", func(k *kit) {
			k.is(k.verified().bare(0x20, 0, 0, make([]byte, n)...))
			k.answers(k.forgotten(), iso7816.ConditionsNotSatisfied)
		})
	}
}

func TestChannelEndsWithDeselectAndReset(t *testing.T) {
	each(t, "channel.effect.deselect-closes", func(k *kit) {
		k.verified()
		old := *k.ch
		k.ok(k.selectAID(wire.NDEFAID()))
		k.sel()
		k.ch = &old
		k.is(k.transmit(k.wrap(command(0xF2, 0, 0, nil))))
		k.open()
		k.answers(k.send(0xD3, 0, 0), iso7816.ConditionsNotSatisfied)
	})
	each(t, "channel.effect.reset-closes", func(k *kit) {
		k.verified()
		old := *k.ch
		k.card.Reset()
		k.sel()
		k.ch = &old
		k.is(k.transmit(k.wrap(command(0xF2, 0, 0, nil))))
		k.open()
		k.answers(k.send(0xD3, 0, 0), iso7816.ConditionsNotSatisfied)
	})
}

func TestLongestCommandInTheChannel(t *testing.T) {
	each(t, "channel.effect.max-command", func(k *kit) {
		k.verified()
		data := counting(wire.MaxWrappedCommand)
		ins, p1 := byte(0xF3), byte(0) // SET NDEF, and STORE DATA that took its place
		if k.profile == "3.1" {
			ins, p1 = 0xE2, 1
		}
		data[0], data[1] = 0, byte(len(data)-2)
		k.is(k.send(ins, p1, 0, data...))
	})
}
