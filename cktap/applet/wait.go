package applet

import "tapcard.example/cktap/wire"

// wait takes one off the delay; how long it takes on a real card is Options.Sleep's matter. Without a delay it tries
// the CVC, if there is one (Tap protocol, wait).
func (c *call) wait() (answer, error) {
	q, err := wire.ParseWaitRequest(c.body)
	if err := c.open(err, nil); err != nil {
		return nil, err
	}
	if c.state().Delay > 0 {
		if err := c.commit("wait", func(s *state) { s.Delay-- }); err != nil {
			return nil, err
		}
		return wire.WaitAnswer{Success: true, AuthDelay: c.state().Delay}, nil
	}
	if q.Given() {
		if err := c.prove(q.Auth); err != nil {
			return nil, err
		}
		if err := c.finish("clear the attempts", nil); err != nil {
			return nil, err
		}
	}
	return wire.WaitAnswer{Success: true}, nil
}
