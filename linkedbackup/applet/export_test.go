package applet

import (
	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// Within runs a command as if it had come in the channel after the right code: the search over all states is about
// everything else.
func (a *Applet) Within(cmd iso7816.Command) ([]byte, *wire.Refusal) {
	v := &session{verified: a.cell.View().Wallet != nil, since: a.env.Now()}
	r := (&call{a: a, v: v, cmd: cmd, wrapped: true}).run()
	return r.Data, wire.FromStatus(r.SW)
}
