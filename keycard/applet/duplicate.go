package applet

import (
	"errors"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Status words that the original's platform makes of a failed cryptographic operation (Java Card, CryptoException).
const (
	cryptoUninitializedKey iso7816.Status = iso7816.Internal | 0x02
	cryptoIllegalUse       iso7816.Status = iso7816.Internal | 0x05
)

// staleBytes is how much of the APDU buffer up to 2.2.1 encrypted along with a duplicate. The buffer is empty there.
const staleBytes = 69

// duplicateArrival lets ADD ENTROPY come in without a channel, from clients that have no pairing.
func (c *call) duplicateArrival() arrival {
	if c.cmd.P1 == wire.DuplicateEntropy {
		return plain
	}
	return inside
}

// duplicate copies the master key to other cards, encrypted under a key that several clients make together (Keycard
// seed, DUPLICATE KEY). The session outlives power, and LOAD KEY.
func (c *call) duplicate() ([]byte, iso7816.Status) {
	if c.cmd.P1 == wire.DuplicateEntropy {
		return c.addEntropy()
	}
	if !c.v.verified {
		return nil, iso7816.ConditionsNotSatisfied
	}
	switch c.cmd.P1 {
	case wire.DuplicateStart:
		return c.startDuplicate()
	case wire.DuplicateExport:
		return c.exportDuplicate()
	case wire.DuplicateImport:
		return c.importDuplicate()
	}
	return nil, iso7816.WrongP1P2
}

// startDuplicate begins a session of P2 pieces, of which the data is the first. The original counts in a signed byte:
// with none, or more than 127, the session can never be completed.
func (c *call) startDuplicate() ([]byte, iso7816.Status) {
	piece, err := wire.ParseEntropy(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	missing := int(int8(c.cmd.P2)) - 1
	return nil, c.commit("start a duplication", func(s *state) {
		s.DuplicationKey, s.Duplication = piece[:], missing
		if missing < 0 {
			s.endDuplication()
		}
	})
}

// endDuplication forgets the session.
func (s *state) endDuplication() { s.DuplicationKey, s.Duplication = nil, noDuplication }

// addEntropy takes a piece in the one-shot form. Anybody may send one: the pieces are for the clients to check, by the
// key UID at the end.
func (c *call) addEntropy() ([]byte, iso7816.Status) {
	if c.state().Duplication <= 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	agreed, payload, err := c.openOneShot()
	defer clear(agreed[:])
	defer clear(payload)
	switch {
	case errors.Is(err, wire.ErrPadding):
		return nil, cryptoIllegalUse
	case err != nil:
		return nil, iso7816.WrongData
	}
	piece, err := wire.ParseEntropy(payload)
	if err != nil {
		return nil, iso7816.WrongData
	}
	sw := c.commit("add a piece of entropy", func(s *state) {
		key := [wire.EntropySize]byte(s.DuplicationKey)
		wire.MixEntropy(&key, piece)
		s.DuplicationKey, s.Duplication = key[:], s.Duplication-1
	})
	if sw == iso7816.OK && c.a.quirks.EntropyKillsChannel && c.v.open {
		return c.answerInWrongKey(agreed)
	}
	return nil, sw
}

// answerInWrongKey is what became of an open channel in the original: the one-shot key took the place of the channel's
// encryption key, so that nobody could read the answer and the next command failed.
func (c *call) answerInWrongKey(oneShotKey [32]byte) ([]byte, iso7816.Status) {
	broken := wire.NewChannel(wire.Keys{Enc: oneShotKey, MAC: c.v.macKey}, [16]byte{})
	answer, err := broken.WrapResponse(iso7816.Response{SW: iso7816.OK})
	broken.Close()
	c.v.channel.Close() // and still open: the next command is answered 6982
	if err != nil {
		return nil, iso7816.Internal
	}
	return answer.Data, answer.SW
}

// exportDuplicate gives out the encrypted master key and ends the session, also when there is no key.
func (c *call) exportDuplicate() ([]byte, iso7816.Status) {
	s := c.state()
	if s.Duplication != 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if s.Key == nil {
		return nil, c.endDuplicate(cryptoUninitializedKey)
	}
	iv, sw := c.random(16)
	if sw != iso7816.OK {
		return nil, sw
	}
	template := wire.KeyTemplate{Private: secret.Copy(s.Key.Private), ChainCode: secret.Copy(s.Key.Chain)}.Encode()
	if c.a.quirks.DuplicateLengths {
		template = append(template, make([]byte, staleBytes)...)
	}
	defer clear(template)
	blob := wire.SealDuplicate([wire.EntropySize]byte(s.DuplicationKey), [16]byte(iv), template)
	return blob, c.endDuplicate(iso7816.OK)
}

// importDuplicate takes the source's answer, and ends the session whatever comes of it. What follows the template is
// not looked at: up to 2.2.1 there are leftovers.
func (c *call) importDuplicate() ([]byte, iso7816.Status) {
	s := c.state()
	if s.Duplication != 0 {
		return nil, iso7816.ConditionsNotSatisfied
	}
	template, err := wire.OpenDuplicate([wire.EntropySize]byte(s.DuplicationKey), c.cmd.Data)
	if err != nil || c.a.quirks.DuplicateLengths {
		return nil, c.endDuplicate(cryptoIllegalUse)
	}
	k, _, sw := c.parseKey(template)
	if sw != iso7816.OK {
		return nil, c.endDuplicate(sw)
	}
	sw = c.commit("import a duplicate", func(s *state) {
		s.setKey(k, c.a.profile.LoadClearsPinless)
		s.endDuplication()
	})
	if sw != iso7816.OK {
		return nil, sw
	}
	c.v.keys.forget()
	uid := wire.KeyUID([wire.PublicKeySize]byte(k.Public))
	return uid[:], iso7816.OK
}

// endDuplicate stores that the session is over and passes the status word on.
func (c *call) endDuplicate(sw iso7816.Status) iso7816.Status {
	if failed := c.commit("end the duplication", (*state).endDuplication); failed != iso7816.OK {
		return failed
	}
	return sw
}
