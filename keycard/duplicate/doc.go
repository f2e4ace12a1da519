// Package duplicate copies a Keycard's master key to other Keycards, card to card. It is for keys that exist nowhere
// else: generated on the card, or loaded from a mnemonic that is gone. No client ever holds the key of the encryption
// under which it travels, unless there is only one client.
//
// # How it goes
//
// One card is the source, the others are targets. Clients, usually different computers or phones, give each card the
// same pieces of entropy; the cards mix them to one encryption key. Then the source gives out its master key encrypted,
// and the targets take it in.
//
//	owner := duplicate.NewTrusted(callback, duplicate.Options{Clients: 2})   // on the user's own computer
//	owner.StartDuplication(ctx, card, duplicate.Source)                      // once with every card: PIN
//	owner.StartDuplication(ctx, card, duplicate.Target)
//
//	friend := duplicate.NewUntrusted(duplicate.Options{})                    // on another computer
//	friend.AddEntropy(ctx, card)                                             // once with every card: no PIN, no pairing
//
//	export, err := owner.ExportKey(ctx, card)                                // the source: PIN
//	uid, err := owner.ImportKey(ctx, card, export)                           // every target: PIN
//
// A [CardDuplicator] belongs to one client and one session, because its piece of entropy does. Cards come in any order;
// only START must reach a card before the other pieces do. The client that finishes need not be the one that started:
// any client that is paired with the cards will do.
//
// # What it protects against, and what not
//
// The key of the encryption is the exclusive or of all pieces. Whoever learns the encrypted key cannot read it without
// the owner's own piece, whoever else works together. A client that has all it needs but one piece cannot read it
// either, as long as the card was told of all clients and took one piece of each. With one client that client alone is
// trusted with everything.
//
// The owner's own client is trusted with the PINs all the same: whoever has a card and its PIN can sign with it. If it
// is hostile, it can also start a session of one piece with the source and read what comes out: more clients help
// against one that is spied upon, not against one that acts. And every client that takes part must be a machine of its
// own. Two programs on one computer are one client.
//
// A piece carries no proof of where it comes from. Anyone who has a card in hand for a second can add a piece of his own
// and spoil the session. That is a nuisance, not a loss: the source keeps its key, and one begins again. Worse is who has
// all cards in hand. A piece of an outsider can take the place of a client's in all cards, and the copy is right all the
// same. A piece that comes twice cancels itself, so that a copy can be right and yet have travelled under the owner's
// piece alone. Recorded messages are enough for that. The client whose place was taken is refused by the card
// (ErrPiecesMissing): that is an alarm, not a nuisance. Begin again, with cards nobody else has in hand between the steps.
//
// The encrypted key carries no MAC. A changed byte of it can make another private key, which only the key UID shows. That
// of each target is compared with the source's, a wrong key is removed, and the session is over. A change that hits the
// chain code alone does not even show there: the addresses are other ones. The blob never leaves the client that
// finishes, inside a channel on either side, so only a hostile one can change it; but compare an address.
//
// The source's key UID comes from its answer to SELECT, which nothing protects. Whoever lies about it brings a copy to
// nothing, no more than that.
//
// A key that was generated on a card has no other backup: until the copy is proven, that card is all there is. Compare
// the key UIDs, and an address, before coins depend on the copy.
//
// # Which cards
//
// Keycards 2.0 to 2.3 have the command, and in the original's 2.0 to 2.2 no card can import: [Doubtful] says so. 3.0
// and later, all that are sold now, do not have it (ErrNoDuplicate). For those, and whenever there is a mnemonic, the
// way is a [Restorer]: the same mnemonic on every card.
package duplicate
