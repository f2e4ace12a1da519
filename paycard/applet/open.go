package applet

import (
	"tapcard.example/iso7816"
	channel "tapcard.example/keycard/wire"
)

// openChannel starts a secure channel for the client in slot P1 (Keycard seed, OPEN SECURE CHANNEL). Whatever comes of
// it, the channel before, a half-done pairing and the PIN's authentication are gone.
func (c *call) openChannel() ([]byte, iso7816.Status) {
	c.v.closeChannel()
	c.v.paired = nil
	s, slot := c.state(), int(c.cmd.P1)
	if slot >= len(s.Pairings) || len(s.Pairings[slot]) == 0 {
		return nil, iso7816.WrongP1P2
	}
	key, err := channel.ChannelKeyFrom([channel.PrivateKeySize]byte(s.ChannelPrivate))
	if err != nil {
		return nil, iso7816.Internal
	}
	agreed, err := key.Agree(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	defer clear(agreed[:])
	answer, sw := c.random(channel.ChallengeSize + 16)
	if sw != iso7816.OK {
		return nil, sw
	}
	salt, iv := answer[:channel.ChallengeSize], answer[channel.ChallengeSize:]
	c.v.channel = channel.NewChannel(channel.SessionKeys(agreed[:], s.Pairings[slot], salt), [16]byte(iv))
	return answer, iso7816.OK
}

// mutuallyAuthenticate makes the channel count as open (Keycard seed, MUTUALLY AUTHENTICATE). That the command unwraps
// is the client's proof, that the answer does is the card's.
func (c *call) mutuallyAuthenticate() ([]byte, iso7816.Status) {
	if c.v.open {
		return nil, iso7816.ConditionsNotSatisfied
	}
	if len(c.cmd.Data) != channel.ChallengeSize {
		c.v.closeChannel()
		return nil, iso7816.SecurityNotSatisfied
	}
	answer, sw := c.random(channel.ChallengeSize)
	c.v.open = sw == iso7816.OK
	return answer, sw
}
