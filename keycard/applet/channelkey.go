package applet

import (
	"fmt"

	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// newChannelKey makes channel key number n, from Options.ChannelKeys or 32 bytes of the random source, and remembers
// it. The private key is returned for the state; it is nil for a key from Options.ChannelKeys.
func (a *Applet) newChannelKey(n int) ([]byte, error) {
	if a.next != nil {
		key, err := a.next()
		if err != nil {
			return nil, fmt.Errorf("keycard applet: channel key: %w", err)
		}
		a.channel[n] = key
		return nil, nil
	}
	key, private, err := wire.NewChannelKey(a.env.Rand)
	if err != nil {
		return nil, fmt.Errorf("keycard applet: channel key: %w", err)
	}
	a.channel[n] = key
	return private[:], nil
}

// replaceChannelKey makes channel key number n the present one. Nothing else ties a pairing to the old one.
func (s *state) replaceChannelKey(n int, private []byte) {
	s.ChannelPrivate, s.ChannelNumber, s.Selects = private, n, 0
}

// channelKey is the present channel key. One from a file is computed once.
func (a *Applet) channelKey() (wire.ChannelKey, error) {
	s := a.cell.View()
	for n := range a.channel {
		if n != s.ChannelNumber {
			delete(a.channel, n) // replaced, or its commit never happened
		}
	}
	if key, ok := a.channel[s.ChannelNumber]; ok {
		return key, nil
	}
	if len(s.ChannelPrivate) != wire.PrivateKeySize {
		return wire.ChannelKey{}, fmt.Errorf("%w: no channel key", softcard.ErrDamaged)
	}
	key, err := wire.ChannelKeyFrom([wire.PrivateKeySize]byte(s.ChannelPrivate))
	if err != nil {
		return wire.ChannelKey{}, fmt.Errorf("%w: channel key: %w", softcard.ErrDamaged, err)
	}
	a.channel[s.ChannelNumber] = key
	return key, nil
}
