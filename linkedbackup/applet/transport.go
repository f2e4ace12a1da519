package applet

import (
	"bytes"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// transport puts chained commands together and hands long answers out in pieces (ISO/IEC 7816-4:2020 §5.4.1 and
// ISO/IEC 7816-3:2006 §12.2.1). No message is longer than wire.MaxMessage.
type transport struct {
	chain   iso7816.Command // what has come of a chain; no INS when none is open
	pending []byte          // what is left of an answer
}

// serve passes whole commands on to run.
func (t *transport) serve(cmd iso7816.Command, run func(iso7816.Command) iso7816.Response) iso7816.Response {
	if cmd.INS == iso7816.InsGetResponse {
		return t.more(cmd.Ne)
	}
	t.pending = nil
	whole, done, sw := t.collect(cmd)
	if !done {
		return iso7816.Response{SW: sw}
	}
	r := run(whole)
	if room(cmd.Ne) >= len(r.Data) {
		return r
	}
	t.pending = r.Data // a long answer is one of success
	return t.more(cmd.Ne)
}

// collect adds a command to the chain that is open; done says that it was the last one, or the only one.
func (t *transport) collect(cmd iso7816.Command) (whole iso7816.Command, done bool, sw iso7816.Status) {
	open := t.chain
	t.chain = iso7816.Command{}
	if open.INS != 0 && (open.INS != cmd.INS || open.P1 != cmd.P1 || open.P2 != cmd.P2 || open.CLA != cmd.CLA|0x10) {
		return cmd, false, iso7816.LastChainedExpected
	}
	if len(open.Data)+len(cmd.Data) > wire.MaxMessage {
		return cmd, false, iso7816.WrongLength
	}
	whole = cmd
	whole.Data = append(bytes.Clone(open.Data), cmd.Data...)
	if cmd.Chained() {
		t.chain = whole
		return whole, false, iso7816.OK
	}
	return whole, true, iso7816.OK
}

// more is the next piece of an answer.
func (t *transport) more(ne int) iso7816.Response {
	n := min(room(ne), len(t.pending))
	if n == 0 {
		return iso7816.Response{SW: iso7816.ConditionsNotSatisfied}
	}
	r := iso7816.Response{Data: t.pending[:n], SW: iso7816.OK}
	if t.pending = t.pending[n:]; len(t.pending) > 0 {
		r.SW = iso7816.MoreData | iso7816.Status(min(len(t.pending), 256)&0xFF) // 00 means 256
	}
	return r
}

// room is how much of an answer fits: a command without Le is taken for one that did not know better.
func room(ne int) int {
	if ne == 0 {
		return iso7816.MaxShortNe
	}
	return ne
}
