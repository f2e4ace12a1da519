package keycard

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/keycard/wire"
)

// FactoryReset erases the card: key, codes, pairings, data. It is as before INIT and has a new instance UID (Keycard
// 3.1). The card wants no PIN and no pairing for this: whoever holds it can do it. Two commands, with the SELECT that
// reads the new state, and one more unless SELECT was the last command.
func (c *Card) FactoryReset(ctx context.Context) error {
	if !c.info.Initialized {
		return failure(wire.InsFactoryReset, card.ErrConditions, errNotInitialised)
	}
	if err := supports(wire.InsFactoryReset, c.info.Version); err != nil {
		return err
	}
	if err := c.refresh(ctx); err != nil { // the very card that the caller has looked at, and no channel open
		return err
	}
	if _, err := c.do(ctx, wire.FactoryResetCommand()); err != nil {
		return err
	}
	c.forget()
	return c.reselect(ctx)
}
