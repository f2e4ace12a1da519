package duplicate

import (
	"errors"
	"fmt"

	"tapcard.example/card"
)

// Details of a *card.Error, for errors.Is.
var (
	// ErrNoDuplicate means that the card is too new: DUPLICATE KEY went in 3.0.
	ErrNoDuplicate = errors.New("only Keycards 2.0 to 2.3 copy keys from card to card; " +
		"for newer ones load the same mnemonic on every card: tapcard keycard restore")
	// ErrEmpty means that the card was never initialised.
	ErrEmpty = errors.New("the card is empty: give it a PIN first (tapcard keycard init)")
	// ErrSameCard means that this client has done this with the card already. Nothing was sent.
	ErrSameCard = errors.New("this card has had its turn already; take the next one")
	// ErrNotInvolved means that the session was started without this card.
	ErrNotInvolved = errors.New("this card has no part in the duplication")
	// ErrWrongRole means that the source was taken for a target or the other way round.
	ErrWrongRole = errors.New("wrong role")
	// ErrNoKey means that the source has nothing to copy.
	ErrNoKey = errors.New("the card holds no key that could be copied")
	// ErrHoldsKey means that a target holds a key and Options.Force does not say that it may go.
	ErrHoldsKey = errors.New("the card holds a key already, which would be gone")
	// ErrAlreadyCopy means that a target holds the source's key before anything was done.
	ErrAlreadyCopy = errors.New("the card holds the same key already")
	// ErrSourceChanged means that the source holds another key than when the session was started.
	ErrSourceChanged = errors.New("the card holds another key than when the duplication was started")
	// ErrPiecesMissing means that the card has not had all pieces of entropy, or that no session is on. It has done
	// nothing, and one may try again.
	ErrPiecesMissing = errors.New("the card still waits for a client to add entropy, " +
		"or has had more than it waited for, or knows of no duplication")
	// ErrOwnEntropy means that the client that started a session was asked to add entropy to it: its piece is in there
	// already, and would cancel itself.
	ErrOwnEntropy = errors.New("this client's piece is in already: let another computer add entropy")
	// ErrWrongPieces means that what a card has mixed does not decrypt the source's key.
	ErrWrongPieces = errors.New("the card and the source have not had the same pieces of entropy")
	// ErrWrongKey means that a card has got another key than it should. An import that ends so is ErrSpoilt, too.
	ErrWrongKey = errors.New("the card has got another key than the source's")
	// ErrLost means that the card's answer did not arrive, and that the same card may be presented again.
	ErrLost = errors.New("the card's answer was lost: present the same card again")
	// ErrSpoilt means that the session cannot come to a good end and must be started anew. Copies that were finished
	// before are good.
	ErrSpoilt = errors.New("the duplication is spoilt: start it again with every card")
	// ErrSlotKept means that all is well but for a pairing slot, taken for this session, that could not be freed.
	ErrSlotKept = errors.New("the pairing slot that was taken for this could not be freed (tapcard keycard unpair)")
	// ErrUntrusted means that a client without a callback was asked for something that needs a PIN.
	ErrUntrusted = errors.New("this client can only add entropy")
	// ErrClosed means that the piece of entropy has been wiped. A new CardDuplicator has another.
	ErrClosed = errors.New("this client's piece of entropy is gone: start the duplication again")
	// ErrJournalDamaged means that the journal is not what this package wrote.
	ErrJournalDamaged = errors.New("the journal of the duplication is damaged")
)

// Names of the subcommands of DUPLICATE KEY, for errors (Keycard seed, DUPLICATE KEY).
const (
	opStart   = "START DUPLICATE"
	opEntropy = "ADD ENTROPY"
	opExport  = "EXPORT DUPLICATE"
	opImport  = "IMPORT DUPLICATE"
)

// refuse is an error found before anything was sent.
func refuse(op string, kind, detail error) error { return &card.Error{Op: op, Kind: kind, Err: detail} }

// because adds what an error means for the session.
func because(meaning, err error) error { return fmt.Errorf("%w (%w)", meaning, err) }

// explain says what 6985 means to a card that was started.
func explain(err error) error {
	if errors.Is(err, card.ErrConditions) {
		return because(ErrPiecesMissing, err)
	}
	return err
}
