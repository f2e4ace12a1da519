package applet

import "tapcard.example/paycard/wire"

const hour = 3600 // seconds

// hours remembers when the card signed lately, exactly.
type hours struct {
	Times   []uint32 // of the last signatures with a time, at most wire.MaxHourly, oldest first
	Untimed int      // signatures since the last token, at most wire.MaxHourly
}

// count is how many signatures the hour before now has.
func (h hours) count(now uint32) int {
	n := h.Untimed
	for _, t := range h.Times {
		if uint64(t)+hour > uint64(now) {
			n++
		}
	}
	return n
}

// add counts a signature.
func (h *hours) add(timed bool, now uint32) {
	if !timed {
		h.Untimed = min(h.Untimed+1, wire.MaxHourly)
		return
	}
	h.Times = append(h.Times, now)
	h.Times = h.Times[max(len(h.Times)-wire.MaxHourly, 0):]
}

// settle gives the signatures without a time the time that has come.
func (h *hours) settle(now uint32) {
	for ; h.Untimed > 0; h.Untimed-- {
		h.add(true, now)
	}
}
