package trust

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the longest label or name, in bytes.
const maxText = 64

// ErrLabelTaken means that another card of the same kind has this label already.
var ErrLabelTaken = errors.New("another card has this label")

// Card is a card that the user has named or used.
type Card struct {
	Kind  string `json:"card"` // "keycard"
	ID    string `json:"id"`   // what never changes about it, in lower-case hex; for a Keycard its instance UID
	Label string `json:"label"`
}

// String is the label, or the kind and the beginning of the ID for a card without one.
func (c Card) String() string {
	if c.Label != "" {
		return fmt.Sprintf("%q", c.Label)
	}
	return fmt.Sprintf("%s %s", c.Kind, c.ID[:min(8, len(c.ID))])
}

// Labels returns all cards that have a label.
func (s *Store) Labels() []Card { return slices.Clone(s.state.Labels) }

// Card is what is known of the card with this kind and ID, with its label if it has one.
func (s *Store) Card(kind string, id []byte) Card {
	c := Card{Kind: kind, ID: hex.EncodeToString(id)}
	for _, have := range s.state.Labels {
		if have.Kind == c.Kind && have.ID == c.ID {
			return have
		}
	}
	return c
}

// SetLabel names a card: 1 to 64 bytes of printable text that no other card of its kind has (ErrLabelTaken). The empty
// label takes the name away.
func (s *Store) SetLabel(kind string, id []byte, label string) error {
	c := Card{Kind: kind, ID: hex.EncodeToString(id), Label: label}
	if err := c.checkID(); err != nil {
		return err
	}
	if label != "" {
		if err := checkText(label); err != nil {
			return fmt.Errorf("the label %w", err)
		}
	}
	return s.update(func(f *file) error {
		others := slices.DeleteFunc(f.Labels, func(have Card) bool { return have.Kind == c.Kind && have.ID == c.ID })
		for _, have := range others {
			if have.Kind == kind && have.Label == label {
				return ErrLabelTaken
			}
		}
		if f.Labels = others; label != "" {
			f.Labels = append(others, c)
		}
		return nil
	})
}

// Seen notes that a card is in use now and returns the one of its kind that was in use before; another says that it was
// not this one. The file changes only when the card does.
func (s *Store) Seen(kind string, id []byte) (last Card, another bool, err error) {
	now := Card{Kind: kind, ID: hex.EncodeToString(id)}
	if err := now.checkID(); err != nil {
		return Card{}, false, err
	}
	before, ok := s.state.Last[kind]
	if ok && before == now.ID {
		return s.Card(kind, id), false, nil
	}
	if ok {
		raw, _ := hex.DecodeString(before) // checked when the file was read
		last = s.Card(kind, raw)
	}
	return last, ok, s.update(func(f *file) error {
		f.Last[kind] = now.ID
		return nil
	})
}

func (c Card) checkID() error {
	if err := checkKind(c.Kind); err != nil {
		return err
	}
	return checkHexID(c.ID)
}

// checkHexID accepts 4 to 65 bytes of lower-case hex.
func checkHexID(id string) error {
	raw, err := hex.DecodeString(id)
	if err != nil || hex.EncodeToString(raw) != id || len(raw) < 4 || len(raw) > 65 {
		return errors.New("the card has no usable ID")
	}
	return nil
}

// checkKind accepts the short lower-case words that name kinds of cards.
func checkKind(kind string) error {
	if kind == "" || len(kind) > 16 || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") != "" {
		return errors.New("the kind of card must be a word of lower-case letters")
	}
	return nil
}

// checkText keeps out what could make one name look like another on a terminal.
func checkText(s string) error {
	switch {
	case s == "" || len(s) > maxText:
		return fmt.Errorf("must have 1 to %d bytes", maxText)
	case !utf8.ValidString(s) || strings.TrimSpace(s) != s:
		return errors.New("must be plain text without spaces around it")
	}
	for _, r := range s {
		if !unicode.IsPrint(r) { // also format characters such as the ones that turn the direction of writing
			return errors.New("must be printable text")
		}
	}
	return nil
}
