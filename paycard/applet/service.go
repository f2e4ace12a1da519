package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/paycard/wire"
)

// setService replaces the approval service in one commit: there is no moment at which the card has the URL of one and
// the keys of another (PROTOCOL.md, SET SERVICE).
func (c *call) setService() ([]byte, iso7816.Status) {
	if len(c.cmd.Data) == 0 {
		return nil, c.commit("remove the service", func(s *state) { s.URL, s.Keys, s.MACKey = "", nil, nil })
	}
	service, err := wire.ParseService(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	return nil, c.commit("set the service", func(s *state) {
		s.URL, s.Keys, s.MACKey = service.URL, raw(service.Keys), reveal(service.MAC)
	})
}

// setTime replaces the time authorities (PROTOCOL.md, SET TIME AUTHORITIES).
func (c *call) setTime() ([]byte, iso7816.Status) {
	keys, err := wire.ParseKeys(c.cmd.Data)
	if err != nil {
		return nil, iso7816.WrongData
	}
	return nil, c.commit("set the time authorities", func(s *state) { s.TimeKeys = raw(keys) })
}

func raw(keys []wire.PublicKey) (all [][]byte) {
	for _, k := range keys {
		all = append(all, bytes.Clone(k[:]))
	}
	return all
}
