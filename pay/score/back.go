package score

// Displace undoes a case of somebody who is not the card's owner, which nobody won: the owner may open its own case then. The
// challenger gets back what is returned.
func (m *Merchant) Displace(p *Params, c *Case, now uint64) (stake uint64, err error) {
	day := uint16(now / secondsADay)
	err = m.change(p, day, func() error {
		if c.State == None || c.ByOwner || c.BuyerWins {
			return ErrState
		}
		if c.State != Settled {
			m.putBack(p, c, day)
			m.Open--
			m.Held -= c.Held
		}
		stake = c.Stake
		c.State, c.Held, c.Stake = None, 0, 0
		return nil
	})
	return stake, err
}

// putBack makes what a case held money of its day again, or free when the window is over.
func (m *Merchant) putBack(p *Params, c *Case, today uint16) {
	if uint32(today) > uint32(c.Day)+uint32(p.WindowDays) {
		m.Free += c.Held
		return
	}
	m.Ring[c.Day%Places].Amount += c.Held
	m.Unmatured += c.Held
}

// Refund gives back a payment of a closed day, in whole or in part. The fee is burned out of the stake: a trade with oneself
// that is given back weighs as much as one that is claimed.
func (m *Merchant) Refund(p *Params, c *Case, now, amount uint64) error {
	day := uint16(now / secondsADay)
	return m.change(p, day, func() error {
		if c.State != None && c.State != Settled || amount == 0 || amount+c.Refunded > c.Amount {
			return ErrState
		}
		if p.fee(amount) > m.Stake-m.Advanced {
			return ErrNeeded
		}
		if err := m.hold(p, c.Day, day, amount); err != nil {
			return err
		}
		c.Refunded += amount
		m.Stake -= p.fee(amount)
		return nil
	})
}

// Convict is proven cheating with the payment c: a case about it is won, the buyer gets back what it has not got back, and a
// part of the stake is lost, a tenth of it to who proved it. Like the contract it refuses a payment that is too old and about
// which there was no case. The payout of a case is in what is returned.
func (m *Merchant) Convict(p *Params, c *Case, now uint64) (out Payout, err error) {
	day := uint16(now / secondsADay)
	if c.State == Opened || c.State == Decided {
		if out, err = m.payOut(p, c, now, true); err != nil {
			return out, err
		}
	}
	err = m.change(p, day, func() error {
		over := uint32(day) > uint32(c.Day)+uint32(p.WindowDays)
		if rest := c.Amount - c.Refunded; rest != 0 && (c.State == None || !over) {
			if err := m.hold(p, c.Day, day, rest); err != nil {
				return err
			}
			c.Refunded, out.Buyer = c.Amount, rest
		}
		lost := (m.Stake - m.Advanced) * uint64(p.SlashBps) / 10_000
		m.Stake -= lost
		m.Leverage = level
		m.Lost++
		out.Challenger += lost / 10
		out.Burned += lost - lost/10
		return nil
	})
	return out, err
}
