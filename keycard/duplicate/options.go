package duplicate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"tapcard.example/keycard"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// Numbers of clients. MaxClients is what a card can count to (Keycard seed, START DUPLICATE).
const (
	DefaultClients = 2
	MaxClients     = wire.MaxEntropyPieces
	enoughClients  = 3
)

// Options are what a client may choose. The zero value is what nearly everybody wants.
type Options struct {
	// Clients is the number of clients that contribute entropy, the one that starts included: 1 to 127, 0 for two. Only
	// the client that starts needs it. See Advice.
	Clients int
	// Force lets the source's key replace the key that a target holds. That one is gone then.
	Force bool
	// Rand is the source of the piece of entropy; nil means crypto/rand.
	Rand io.Reader
	// Journal is what was written down by the client that started, for one that only finishes. Without it that client
	// takes any card.
	Journal *Journal
	// Save, if set, keeps the journal. It is called before an action that changes a card is sent, so that a program
	// that dies in between leaves a trace, and with its outcome. An error stops the action.
	Save func(Journal) error
	// Now dates the journal; nil means time.Now.
	Now func() time.Time
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	if o.Clients == 0 {
		o.Clients = DefaultClients
	}
	if o.Clients < 1 || o.Clients > MaxClients {
		return o, fmt.Errorf("1 to %d clients can take part, not %d", MaxClients, o.Clients)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Save == nil {
		o.Save = func(Journal) error { return nil }
	}
	return o, nil
}

// Advice is what somebody should know who wants this number of clients; "" for 2 and 3.
func Advice(clients int) string {
	switch {
	case clients == 1:
		return "with a single client, that computer alone could read the key: only use one that nobody else controls"
	case clients > enoughClients:
		return "more than 3 clients are hardly safer, and every one of them must see every card"
	}
	return ""
}

// Doubtful says that the original of this version takes part in everything and then cannot import: its IMPORT DUPLICATE
// never succeeds (Keycard 2.0 to 2.2). It can still be the source.
func Doubtful(v wire.Version) bool { return v >= wire.V2_0 && v < wire.V2_3 }

// Callback is what a trusted client asks its user, or its memory (status document, DuplicatorCallback).
type Callback struct {
	// Pairing returns the pairing with a card, which the duplicator destroys. Where there is none it may make one, and
	// say that it is temporary: then Free is called when the card is finished.
	Pairing func(ctx context.Context, c *keycard.Card) (p keycard.Pairing, temporary bool, err error)
	// PIN returns the PIN of a card, which the duplicator verifies and destroys; tries is how often it may be wrong. It
	// is called again after a wrong one. An error ends it.
	PIN func(ctx context.Context, c *keycard.Card, tries int) (secret.PIN, error)
	// Free frees the slot of a temporary pairing in its own session, whose PIN is verified. nil means Session.Unpair.
	Free func(ctx context.Context, s *keycard.Session) error
}

func (cb Callback) check() error {
	if cb.Pairing == nil || cb.PIN == nil {
		return errors.New("a trusted client needs to know pairings and PINs")
	}
	return nil
}

func (cb Callback) free(ctx context.Context, s *keycard.Session) error {
	if cb.Free == nil {
		return s.Unpair(ctx, s.Slot())
	}
	return cb.Free(ctx, s)
}
