package duplicate

// Tamper changes a byte of the encrypted key.
func (e *Export) Tamper(i int) { e.blob[i] ^= 0x40 }

// Blob is the encrypted key.
func (e *Export) Blob() []byte { return e.blob }

// Piece shows the piece of entropy, for a test that looks for it.
func (d *CardDuplicator) Piece() (b []byte) {
	d.piece.Reveal(func(p []byte) { b = p })
	return b
}

// ParseJournals is for the fuzz target.
var ParseJournals = parseJournals
