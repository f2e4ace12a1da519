package applet

import (
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// backup gives the master key out, encrypted, and counts (Tap protocol, backup).
func (c *call) backup() (answer, error) {
	q, err := wire.ParseBackupRequest(c.body)
	if err := c.enter(err, nil, q.Auth); err != nil {
		return nil, err
	}
	k, err := c.readable()
	if err != nil {
		return nil, err
	}
	master, err := hd.NewKey(secret.Copy(k.Master), [32]byte(k.MasterChain))
	if err != nil {
		return nil, errInternal
	}
	defer master.Destroy()
	b := wire.Backup{Key: master, Network: hd.Mainnet, Path: c.state().Path}
	if c.a.testnet {
		b.Network = hd.Testnet
	}
	file, err := b.Seal(secret.Copy(c.state().BackupKey))
	if err != nil {
		return nil, errInternal
	}
	err = c.finish("count a backup", func(s *state) { s.Backups = min(s.Backups+1, wire.MaxBackups) })
	if err != nil {
		return nil, err
	}
	nonce, err := c.renew()
	return wire.BackupAnswer{Data: file, CardNonce: nonce}, err
}
