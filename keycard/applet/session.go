package applet

import (
	"tapcard.example/keycard/wire"
)

// session is what the card forgets when it is deselected or loses power.
type session struct {
	channel  *wire.Channel // nil before OPEN SECURE CHANNEL
	macKey   [32]byte      // of channel, for Quirks.EntropyKillsChannel
	open     bool          // MUTUALLY AUTHENTICATE succeeded
	verified bool          // a PIN was verified
	duress   bool          // it was the duress PIN
	paired   *pairing      // between the steps of PAIR
	keys     keyring
}

// Close zeroes what is secret; the card's session calls it.
func (v *session) Close() {
	v.closeChannel()
	v.forgetPIN()
}

// closeChannel ends the secure channel. It leaves the PIN's state to forgetPIN.
func (v *session) closeChannel() {
	if v.channel != nil {
		v.channel.Close()
	}
	v.channel, v.open, v.macKey = nil, false, [32]byte{}
}

// forgetPIN ends the authentication. The keys go too: after a duress PIN they were other ones.
func (v *session) forgetPIN() {
	v.verified, v.duress = false, false
	v.keys.forget()
}
