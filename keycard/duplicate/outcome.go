package duplicate

import (
	"errors"

	"tapcard.example/card"
	"tapcard.example/keycard"
)

// outcome is what is known of a command after it was tried.
type outcome int

const (
	yes    outcome = iota // the card has said 9000
	no                    // the card has said why not
	unsent                // the card has not even heard of it
	lost                  // it may have acted or not
)

// act runs the one command that matters in a tap and sorts out what came of it.
func act(c *keycard.Card, command func() error) (outcome, error) {
	before := c.Channel().APDUs()
	err := command()
	switch {
	case err == nil:
		return yes, nil
	case c.Channel().APDUs() == before:
		return unsent, err
	case answered(err):
		return no, err
	}
	return lost, err
}

// answered says that err is a status word with which the card has refused. Internal errors and status words that nobody
// knows do not count, because the card may have done half of it.
func answered(err error) bool {
	var e *card.Error
	return errors.As(err, &e) && e.SW != 0 && e.Kind != card.ErrInternal && e.Kind != card.ErrUnexpectedSW
}

// early says that a card has refused before it looked at its session: 6985, when there is none or pieces are missing,
// and 6982, when the channel was broken.
func early(err error) bool {
	return errors.Is(err, card.ErrConditions) || errors.Is(err, card.ErrAuthRequired)
}
