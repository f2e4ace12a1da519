package applet

import channel "tapcard.example/keycard/wire"

// session is what the card forgets when it is deselected or loses power.
type session struct {
	channel  *channel.Channel // nil before OPEN SECURE CHANNEL
	open     bool             // MUTUALLY AUTHENTICATE succeeded
	verified bool             // the PIN was verified
	paired   *pairing         // between the steps of PAIR
	pending  *pending         // between CHALLENGE and PAY
}

// Close forgets what is secret; the card's session calls it.
func (v *session) Close() { v.closeChannel() }

// closeChannel ends the channel and with it the PIN's authentication.
func (v *session) closeChannel() {
	if v.channel != nil {
		v.channel.Close()
	}
	v.channel, v.open, v.verified = nil, false, false
}
