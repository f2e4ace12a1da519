// Package wire is the language of the payment card: every command and answer as bytes, what is hashed and signed, and
// the MAC between card and approval service. Host (package paycard), software card (package paycard/applet), terminals
// and approval services use it; it sends nothing itself. PROTOCOL.md, one folder up, is the same in prose.
//
// A payment takes three commands, which need neither PIN nor channel. The card hashes what it signs, so it knows the
// amount and can refuse:
//
//	terminal                                     card
//	SELECT                                  ->
//	                                        <-   address, URL of the approval service, capabilities
//	CHALLENGE: profile, merchant, amount... ->
//	                                        <-   challenge, counter, flags, allowances left (sealed), MAC
//	PAY: the approver's token               ->
//	                                        <-   counter, signature
//
// Between the last two the terminal asks the approval service, which checks the MAC and signs a [Token] over the
// challenge and the digest: a token for one challenge is worth nothing for another, so tokens cannot be banked.
//
// Everything that configures the card goes through Keycard's secure channel with a PIN of the card's own; its codecs
// are in package keycard/wire. Commands are built by functions named XxxCommand and taken apart by ParseXxx; answers
// are built by methods named Encode. Every parser checks every length before it uses it and wraps [ErrFormat].
// [Lookup] and [Commands] give the table of commands.
package wire
