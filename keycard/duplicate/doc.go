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
// The key of the encryption is the exclusive or of all pieces. A client that learns the encrypted key, and even one
// that is hostile, cannot read it as long as one other client has kept its piece to itself. With two clients both have
// to be hostile and work together, with three all three. With one client that client alone is trusted with everything.
//
// The owner's own client is trusted with the PINs all the same: whoever has a card and its PIN can sign with it. And
// every client that takes part must be a machine of its own. Two programs on one computer are one client.
//
// The encrypted key carries no MAC, and a piece no proof of where it comes from. Anyone who has a card in hand for a
// second can add a piece of his own and spoil the session; a piece that comes twice cancels itself. Neither leads to a
// key that is wrong and taken for right: the key UID of each target is compared with the source's, a wrong key is
// removed, and the session is over. It is a nuisance, not a loss: the source keeps its key, and one begins again.
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
