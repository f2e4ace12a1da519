package duplicate

import (
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"tapcard.example/keycard"
)

// Role is what a card is in a duplication.
type Role string

// The roles.
const (
	Source  Role = "source" // the card whose key is copied
	Target  Role = "target" // a card that gets the copy
	unknown Role = ""       // a client that only adds entropy is not told
)

// Step is how far an action on a card has come.
type Step string

// The steps.
const (
	NotYet Step = ""       // nothing was sent, or the card has refused without doing anything
	Begun  Step = "begun"  // it was sent, and nobody has seen the card's answer
	Done   Step = "done"   // the card said yes
	Failed Step = "failed" // the card said no, and for this card the session is over
)

// CardRecord is what a client knows of its dealings with one card.
type CardRecord struct {
	UID  string `json:"card"` // instance UID, 16 bytes in lower-case hex, which a card shows to everybody
	Role Role   `json:"role,omitempty"`
	// What was done: START, then ADD ENTROPY (by another client, so in another journal), then EXPORT or IMPORT.
	Start   Step `json:"start,omitempty"`
	Entropy Step `json:"entropy,omitempty"`
	Finish  Step `json:"finish,omitempty"`
	// Replaces is the UID of the key that a target held when it was started, and that may go: 32 bytes in lower-case hex.
	Replaces string `json:"replaces,omitempty"`
	// Temporary says that the client's pairing with the card was made for this and has not been freed yet.
	Temporary bool `json:"temporary_pairing,omitempty"`

	before string // key UID of a target before IMPORT was sent; only as long as the program that sent it runs
}

// Journal is what a client writes down of a session: which cards take part and what has been done to each. There is no
// secret in it: no piece of entropy, no encrypted key, no PIN, no pairing.
type Journal struct {
	Began   time.Time    `json:"began"`
	Clients int          `json:"clients,omitempty"` // 0 for a client that did not start, which is not told
	KeyUID  string       `json:"key_uid,omitempty"` // the source's, 32 bytes in lower-case hex
	Cards   []CardRecord `json:"cards"`
	Spoilt  string       `json:"spoilt,omitempty"` // why the session cannot come to a good end; one line
}

// Find returns what is known of a card.
func (j Journal) Find(uid keycard.UID) (CardRecord, bool) {
	i := j.index(uid)
	if i < 0 {
		return CardRecord{}, false
	}
	return j.Cards[i], true
}

// Source returns what is known of the source.
func (j Journal) Source() (CardRecord, bool) {
	i := slices.IndexFunc(j.Cards, func(r CardRecord) bool { return r.Role == Source })
	if i < 0 {
		return CardRecord{}, false
	}
	return j.Cards[i], true
}

// Complete says that the source and at least one target are finished, and no card is left that was started.
func (j Journal) Complete() bool {
	targets := 0
	for _, r := range j.Cards {
		if r.Start != NotYet && r.Finish != Done {
			return false
		}
		if r.Role == Target && r.Finish == Done {
			targets++
		}
	}
	source, ok := j.Source()
	return ok && source.Finish == Done && targets > 0
}

func (j Journal) index(uid keycard.UID) int {
	name := hex.EncodeToString(uid[:])
	return slices.IndexFunc(j.Cards, func(r CardRecord) bool { return r.UID == name })
}

// of returns the record of a card, a new one if there is none. It is good until the next call.
func (j *Journal) of(uid keycard.UID) *CardRecord {
	i := j.index(uid)
	if i < 0 {
		i = len(j.Cards)
		j.Cards = append(j.Cards, CardRecord{UID: hex.EncodeToString(uid[:])})
	}
	return &j.Cards[i]
}

// clone is a copy that shares nothing.
func (j Journal) clone() Journal {
	j.Cards = slices.Clone(j.Cards)
	return j
}

// check refuses what this package cannot have written.
func (j Journal) check() error {
	sources := 0
	for i, r := range j.Cards {
		if !isHex(r.UID, len(keycard.UID{})) || slices.ContainsFunc(j.Cards[:i], r.same) {
			return fmt.Errorf("%w: card %d: an instance UID has 16 bytes and occurs once", ErrJournalDamaged, i)
		}
		if !slices.Contains([]Role{unknown, Source, Target}, r.Role) {
			return fmt.Errorf("%w: card %d: no such role", ErrJournalDamaged, i)
		}
		if r.Replaces != "" && !isHex(r.Replaces, len(keycard.KeyUID{})) {
			return fmt.Errorf("%w: card %d: a key UID has 32 bytes", ErrJournalDamaged, i)
		}
		for _, s := range []Step{r.Start, r.Entropy, r.Finish} {
			if !slices.Contains([]Step{NotYet, Begun, Done, Failed}, s) {
				return fmt.Errorf("%w: card %d: no such step", ErrJournalDamaged, i)
			}
		}
		if r.Role == Source {
			sources++
		}
	}
	badKey := j.KeyUID != "" && !isHex(j.KeyUID, len(keycard.KeyUID{}))
	if badKey || sources > 1 || j.Clients < 0 || j.Clients > MaxClients {
		return fmt.Errorf("%w: key UID, number of sources or of clients", ErrJournalDamaged)
	}
	return nil
}

func (r CardRecord) same(o CardRecord) bool { return r.UID == o.UID }

// isHex says whether s is n bytes in lower-case hex.
func isHex(s string, n int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == n && hex.EncodeToString(b) == s
}
