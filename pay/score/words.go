package score

// Words are a merchant's three words as the vault keeps them, big endian. The accumulator of today's word, its lowest 128
// bits, is 0: which payments there were is for whoever follows them.
type Words struct {
	Today, Merchant, Score [32]byte
}

// Words packs the merchant.
func (m *Merchant) Words() (w Words) {
	put(&w.Today, 208, m.Room)
	put(&w.Today, 160, m.Sketch)
	put(&w.Today, 144, uint64(m.Day))
	put(&w.Today, 128, uint64(m.Links))
	put(&w.Merchant, 208, m.Stake)
	put(&w.Merchant, 152, m.Unmatured)
	put(&w.Merchant, 96, m.Free)
	put(&w.Merchant, 88, uint64(m.Leverage))
	put(&w.Merchant, 72, uint64(m.LastDay))
	put(&w.Merchant, 24, m.Advanced)
	put(&w.Merchant, 8, uint64(m.Matured))
	put(&w.Merchant, 0, uint64(m.Flags))
	put(&w.Score, 200, m.Good)
	put(&w.Score, 144, m.Bad)
	put(&w.Score, 96, m.Mean)
	put(&w.Score, 48, m.RoomAtStart)
	put(&w.Score, 32, uint64(m.Open))
	put(&w.Score, 16, uint64(m.Lost))
	put(&w.Score, 0, uint64(m.GoodDays))
	return w
}

// Unpack is the merchant that has these words, as a monitor reads them from a node. Ring and disputing cards are not in
// them: the caller sets Ring with [UnpackEntry], Held and Disputers.
func Unpack(w Words) Merchant {
	return Merchant{
		Room: get(&w.Today, 208, 48), Sketch: get(&w.Today, 160, 48),
		Day: uint16(get(&w.Today, 144, 16)), Links: uint16(get(&w.Today, 128, 16)),
		Stake: get(&w.Merchant, 208, 48), Unmatured: get(&w.Merchant, 152, 56), Free: get(&w.Merchant, 96, 56),
		Leverage: uint8(get(&w.Merchant, 88, 8)), LastDay: uint16(get(&w.Merchant, 72, 16)),
		Advanced: get(&w.Merchant, 24, 48), Matured: uint16(get(&w.Merchant, 8, 16)), Flags: uint8(get(&w.Merchant, 0, 8)),
		Good: get(&w.Score, 200, 56), Bad: get(&w.Score, 144, 56), Mean: get(&w.Score, 96, 48),
		RoomAtStart: get(&w.Score, 48, 48), Open: uint16(get(&w.Score, 32, 16)), Lost: uint16(get(&w.Score, 16, 16)),
		GoodDays: uint16(get(&w.Score, 0, 16)),
	}
}

// Word packs an entry of the ring; its accumulator is 0.
func (e Entry) Word() (w [32]byte) {
	put(&w, 208, e.Amount)
	put(&w, 144, uint64(e.Day))
	put(&w, 128, uint64(e.Links))
	return w
}

// UnpackEntry is the entry of the ring that has this word.
func UnpackEntry(w [32]byte) Entry {
	return Entry{Amount: get(&w, 208, 48), Day: uint16(get(&w, 144, 16)), Links: uint16(get(&w, 128, 16))}
}

// put writes v so that its lowest bit is at shift, a multiple of 8, above what is zero there.
func put(w *[32]byte, shift uint, v uint64) {
	for i := 31 - shift/8; v != 0; i-- {
		w[i] |= byte(v)
		v >>= 8
	}
}

// get reads bits bits of which the lowest is at shift, both multiples of 8.
func get(w *[32]byte, shift, bits uint) (v uint64) {
	for i := 32 - (shift+bits)/8; i < 32-shift/8; i++ {
		v = v<<8 | uint64(w[i])
	}
	return v
}
