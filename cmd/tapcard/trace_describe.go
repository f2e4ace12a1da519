package main

import (
	"bytes"

	tapwire "tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
	keywire "tapcard.example/keycard/wire"
	linkedwire "tapcard.example/linkedbackup/wire"
	paywire "tapcard.example/paycard/wire"
	"tapcard.example/transport/trace"
)

// described are the applets with descriptions of their own. All others, Keycard's among them, have Keycard's.
var described = []struct {
	aid      []byte
	describe trace.Describe
}{
	{paywire.AID(), fields(paywire.Describe)},
	{linkedwire.AID(), fields(linkedwire.Describe)},
	{tapwire.AID(), fields(tapwire.Describe)},
}

// fields makes a trace's fields of a card's. Each Describe is the allow-list of its applet.
func fields[F ~struct{ Name, Value string }](describe func(iso7816.Command, iso7816.Response) []F) trace.Describe {
	return func(c iso7816.Command, r iso7816.Response) (all []trace.Field) {
		for _, f := range describe(c, r) {
			all = append(all, trace.Field(f))
		}
		return all
	}
}

// describer is what the trace of one conversation shows. The same bytes mean other things to another applet, so the last
// one that was selected describes them.
func describer() trace.Describe {
	keycard := fields(keywire.Describe)
	selected := keycard
	return func(c iso7816.Command, r iso7816.Response) []trace.Field {
		if c.INS != iso7816.InsSelect {
			return selected(c, r)
		}
		asked := keycard
		for _, d := range described {
			if bytes.Equal(d.aid, c.Data) {
				asked = d.describe
			}
		}
		if r.SW == iso7816.OK {
			selected = asked
		}
		return asked(c, r)
	}
}
