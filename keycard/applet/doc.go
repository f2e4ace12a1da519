// Package applet is the card's side of Keycard: an applet made of software that answers every command of the protocol
// as the original does, for tests and development of what talks to one.
//
//	store := softcard.NewStore()
//	card, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(store)})
//	card.PowerOn()
//	answer, err := card.Transmit(command)
//
// # Versions
//
// The original changed over the years, and clients know its habits. A Profile is one version with all of them: 2.0, the
// protocol's text; 2.3, the default, with SIGN at a path and the only working DUPLICATE KEY; and 3.1, the cards sold
// lately, with IDENT, data areas, a duress PIN and FACTORY RESET. What was not a habit but a security hole is closed
// here; Options.Quirks opens it again, see Quirks.
//
// Two things of 3.1 look like holes and are not, because clients count on them. FACTORY RESET asks for no PIN: an owner
// who lost all codes gets an empty card back, and a thief gets nothing. And a card that was initialised without a
// duress PIN has one all the same, the first 6 digits of the PUK; it opens the card with other child keys, so hosts
// should set one that the owner knows.
//
// # Power
//
// All that the card must not forget is in one cell of its store. A command makes one commit or none, so power can be
// cut at any time and the command was done or not. Only VERIFY PIN and UNBLOCK PIN make two: the first takes a try,
// before the comparison, the second gives it back. A cut between them costs a try and never gives one.
//
// # Randomness
//
// An injected random source and Options.ChannelKeys decide every byte a card answers, so recordings can be played
// again. Randomness is used in this order, in bytes:
//
//	New                  16 instance UID, 32 channel key
//	INIT                 32 channel key
//	SELECT               32 channel key, at every 101st SELECT up to 3.0
//	PAIR                 32 challenge in step 1, 32 salt in step 2
//	OPEN SECURE CHANNEL  32 salt, 16 IV
//	MUTUALLY AUTHENT.    32 that mean nothing
//	GENERATE MNEMONIC    4 for each bit of checksum
//	GENERATE KEY         64 seed
//	DUPLICATE, EXPORT    16 IV
//	SIGN, IDENT          32 nonce k of the signature
//	Cash applet          32 key, at its first SELECT
//	FACTORY RESET        16 instance UID, 32 channel key
//
// A channel key or nonce that is zero or not below the group order is drawn again. With Options.ChannelKeys no
// randomness is used for channel keys. A refused command may have used some.
package applet
