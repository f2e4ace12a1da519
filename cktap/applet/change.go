package applet

import (
	"slices"

	"tapcard.example/cktap/wire"
)

// change replaces the CVC (Tap protocol, change). A TAPSIGNER must have been backed up; a SATSCHIP has no backup and
// needs none, but in the emulator.
func (c *call) change() (answer, error) {
	q, err := wire.ParseChangeRequest(c.body)
	if err := c.enter(err, nil, q.Auth); err != nil {
		return nil, err
	}
	fresh := c.session.Pad(q.NewCVC)
	needsBackup := c.a.product == wire.Tapsigner || c.a.profile.SatschipNeedsBackup
	switch {
	case needsBackup && c.state().Backups == 0:
		return nil, refuse(wire.CodeBackupFirst)
	case !c.a.profile.AnyCVC && slices.ContainsFunc(fresh, notDigit):
		return nil, refuse(wire.CodeBadArguments)
	}
	if err := c.finish("change the CVC", func(s *state) { s.CVC = fresh }); err != nil {
		return nil, err
	}
	nonce, err := c.renew()
	return wire.ChangeAnswer{Success: true, CardNonce: nonce}, err
}

func notDigit(b byte) bool { return b < '0' || b > '9' }
