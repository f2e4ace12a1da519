package applet_test

import "tapcard.example/cktap/wire"

// The states a card can be brought to.

// ready is a card with a key: a SATSCARD has one from the factory, a signer gets it.
func (k *kit) ready() *kit {
	k.Helper()
	if k.product.Signer() {
		k.ok(k.send(wire.NewRequest{ChainCode: theChain, Auth: k.auth("new")}))
	}
	return k
}

// opened is a SATSCARD whose slots up to n are unsealed; the next one has no key yet.
func (k *kit) opened(n int) *kit {
	k.Helper()
	for slot := range n + 1 {
		if slot > 0 {
			k.ok(k.newSlot(slot))
		}
		k.ok(k.unsealSlot(slot))
	}
	return k
}

func (k *kit) newSlot(slot int) []byte {
	k.Helper()
	return k.send(wire.NewRequest{Slot: &slot, ChainCode: theChain, Auth: k.auth("new")})
}

func (k *kit) unsealSlot(slot int) []byte {
	k.Helper()
	return k.send(wire.UnsealRequest{Slot: &slot, Auth: k.auth("unseal")})
}

// dumpSlot dumps without the CVC.
func (k *kit) dumpSlot(slot int) []byte {
	k.Helper()
	return k.send(wire.DumpRequest{Slot: &slot})
}

// signDigest has slot 0 sign; see signable.
func (k *kit) signDigest() []byte {
	k.Helper()
	a := k.auth("sign")
	return k.send(wire.SignRequest{Digest: k.session.Pad32(theDigest), Auth: a})
}

// signable brings a card to where it signs: a SATSCARD has an unsealed slot 0, a signer a key.
func (k *kit) signable() *kit {
	k.Helper()
	if k.product == wire.Satscard {
		return k.opened(0)
	}
	return k.ready()
}

// cvcCommand is a command that needs the CVC on every product and works on a ready one.
func (k *kit) cvcCommand(cvc string) []byte {
	k.Helper()
	if k.product == wire.Satscard {
		slot := 0
		return k.send(wire.DumpRequest{Slot: &slot, Auth: k.authWith("dump", cvc, k.nonce)})
	}
	return k.send(wire.ReadRequest{Nonce: theNonce, Auth: k.authWith("read", cvc, k.nonce)})
}

// limited is a card after three wrong CVCs.
func (k *kit) limited() *kit {
	k.Helper()
	k.ready()
	for range 3 {
		k.answers(k.cvcCommand(wrongCVC), 401)
	}
	return k
}

// attempts reads the counter of wrong CVCs out of the memory.
func (k *kit) attempts() int {
	k.Helper()
	return k.memory().Attempts
}
