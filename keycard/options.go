package keycard

import (
	"crypto/rand"
	"io"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
)

// Options change how a card is spoken to. The zero value is what nearly everybody wants.
type Options struct {
	// Rand is the source of ephemeral keys, challenges and IVs; nil means crypto/rand.
	Rand io.Reader
	// Instance is the number of the applet instance to select; 0 means 1, the usual one.
	Instance byte
	// SpendLastTry allows VERIFY PIN and UNBLOCK PIN although a mistake would block the card. It also saves the GET
	// STATUS that looks how many tries are left.
	SpendLastTry bool
}

func (o Options) rand() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}

func (o Options) aid() []byte {
	if o.Instance == 0 {
		return wire.KeycardAID(1)
	}
	return wire.KeycardAID(o.Instance)
}

// Source is where a path starts: wire.FromMaster, wire.FromParent or wire.FromCurrent.
type Source = wire.Source

// Where names a key on the card: the current one, or one by its path. The zero value is the current key.
type Where struct {
	derived     bool
	source      Source
	path        hd.Path
	makeCurrent bool
}

// Current is the key that is current on the card now; see Session.KeyPath.
func Current() Where { return Where{} }

// At is the key at path, from the master key. At most 10 levels.
func At(path hd.Path) Where { return Where{derived: true, path: path} }

// Below is the key at path, from the given source.
func Below(source Source, path hd.Path) Where {
	return Where{derived: true, source: source, path: path}
}

// MakeCurrent is w, and the card shall make it the current key. Versions 2.0 and 2.1 always do, when they sign.
func (w Where) MakeCurrent() Where {
	w.makeCurrent = w.derived
	return w
}

// master says that w is the master key, named by its empty path.
func (w Where) master() bool { return w.derived && w.source == wire.FromMaster && len(w.path) == 0 }
