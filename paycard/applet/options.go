package applet

import (
	"tapcard.example/paycard/wire"
	"tapcard.example/softcard"
)

// Options say which card to make.
type Options struct {
	// Env is the card's memory and random source.
	Env softcard.Env
	// Inputs are what the card is touched by, apart from commands.
	Inputs Inputs
}

// Inputs are buttons and sensors. One that is nil is not on the card. They are called while a command waits.
type Inputs struct {
	// Switch is the on/off switch: true is on.
	Switch func() bool
	// Touch says whether the button is touched at this moment.
	Touch func() bool
	// Display shows what is to be signed, waits for the card's button and says whether it was pressed.
	Display func(Shown) bool
	// Finger waits for a finger and says whether it is the owner's.
	Finger func() bool
}

// Shown is what the card's display shows.
type Shown struct {
	Blind   bool         // the card cannot know what it signs
	Payment wire.Payment // unless Blind
	Digest  [wire.HashSize]byte
}

func (i Inputs) capabilities() (c wire.Capabilities) {
	for _, has := range []struct {
		what bool
		c    wire.Capabilities
	}{{i.Switch != nil, wire.CanSwitch}, {i.Touch != nil, wire.CanTouch}, {i.Display != nil, wire.CanDisplay},
		{i.Finger != nil, wire.CanFingerprint}} {
		if has.what {
			c |= has.c
		}
	}
	return c
}

// on says that the switch, if there is one, is on.
func (i Inputs) on() bool { return i.Switch == nil || i.Switch() }

// touched says that there is a button and that it is touched.
func (i Inputs) touched() bool { return i.Touch != nil && i.Touch() }
