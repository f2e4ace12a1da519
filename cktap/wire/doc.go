// Package wire is the language of Coinkite's tap cards, SATSCARD, TAPSIGNER and SATSCHIP: every command and answer as
// bytes, and the cryptography between the two sides. Both sides use it, the host (package cktap) and the software card
// (package cktap/applet); it sends nothing itself.
//
// After SELECT every command is one APDU, 00 CB 00 00, whose data is a CBOR map with the command's name in "cmd". The
// answer is a CBOR map too, and its status word is 9000 even when it says {error, code}; see [CardError]. What is
// written is strict: definite lengths, shortest integers, no nulls. What is read may be anything that real cards have
// been seen to send, indefinite lengths and unknown fields too, within bounds; see [MaxBody].
//
// Three things make the cryptography:
//
//   - The CVC, 6 to 32 bytes known to the owner, never crosses the air in the clear. For each command that needs it the
//     host makes a fresh key pair; ECDH with the card's key gives a [Session], whose key hides the CVC together with
//     the card's nonce, and pads whatever else is secret in this command and its answer. See [Authenticate].
//   - Card and host each put a nonce into what the card signs, so that neither can replay an older answer. The card's
//     is the one in force before the command; the answer brings the next one. See [ReadDigest], [DeriveDigest] and
//     [CheckDigest].
//   - A card proves its origin by a chain of signatures from its own key up to the factory's root; see [FactoryRoot].
//
// Requests are built by methods named Command and taken apart by ParseXxxRequest; answers are built by methods named
// Encode and taken apart by ParseXxxAnswer. [Lookup] and [Commands] give the table of commands: which product has each,
// what it needs, and what its errors mean.
//
// Sources: the maker's protocol document (cited as "Tap protocol" with the section), and what real cards and the
// maker's emulator were observed to do (cited as "observed").
package wire
