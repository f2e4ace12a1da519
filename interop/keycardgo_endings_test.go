package interop

import "errors"

// changes gives the card new codes and a second pairing.
func (c *goClient) changes() {
	c.do("change pin", c.cs.ChangePIN(c.p.ChangedPIN))
	c.do("pin changed", c.cs.VerifyPIN(c.p.ChangedPIN))
	c.do("change puk", c.cs.ChangePUK(c.p.ChangedPUK))
	c.do("change password", c.cs.ChangePairingSecret(c.p.NextPassword))
	c.must(c.cs.Select())
	c.do("pair again", c.cs.Pair(c.p.NextPassword))
	c.selectAs("select paired twice")
	c.must(c.cs.OpenSecureChannel())
}

// blocking uses up the PIN and one try of the PUK.
func (c *goClient) blocking() {
	block := Step{Name: "block"}
	var err error
	for range pinTries {
		err = c.cs.VerifyPIN(c.p.WrongPIN)
		if left := remaining(err); left != nil {
			block.Tries = append(block.Tries, *left)
		}
	}
	c.add(block, err)
	c.status("status blocked")
	c.do("unblock wrong", c.cs.UnblockPIN(c.p.WrongPUK, c.p.UnblockedPIN))
	c.status("status after wrong puk")
	c.do("unblock", c.cs.UnblockPIN(c.p.ChangedPUK, c.p.UnblockedPIN))
	c.status("status unblocked")
}

// endings takes everything back: the first pairing, the key, and where there is such a thing the whole card.
func (c *goClient) endings() {
	c.do("unpair", c.cs.Unpair(0))
	c.selectAs("select unpaired")
	c.must(errors.Join(c.cs.OpenSecureChannel(), c.cs.VerifyPIN(c.p.UnblockedPIN)))
	c.do("remove for good", c.cs.RemoveKey())
	c.selectAs("select without key")
	if c.p.Profile < "3.1" {
		return
	}
	c.identify("identify")
	c.do("factory reset", c.cs.FactoryReset())
	c.selectAs("select reset")
}
