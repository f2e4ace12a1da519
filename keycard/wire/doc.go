// Package wire is the language a Keycard speaks: every command and answer as bytes, and the cryptography between the
// two sides. Both sides use it, the host (package keycard) and the software card (package keycard/applet); it sends
// nothing itself.
//
// Three kinds of command go over the wire:
//
//   - Plain: SELECT, PAIR, OPEN SECURE CHANNEL, IDENT, FACTORY RESET.
//   - One-shot (INIT, DUPLICATE KEY's ADD ENTROPY): encrypted under a key agreed for this command alone; see
//     [SealOneShot]. It hides from a listener and proves nothing about either side.
//   - Wrapped (everything else): encrypted and authenticated inside a [Channel].
//
// A channel needs a pairing. Both sides know a pairing token, made from a password ([PairingToken]); in PAIR each
// proves it to the other, and they keep a common pairing key in one of the card's slots. OPEN SECURE CHANNEL then
// mixes that key with a fresh ECDH secret into [SessionKeys], and from MUTUALLY AUTHENTICATE on everything is wrapped:
//
//	host                                        card
//	PAIR step 1: challenge              ->
//	                                    <-      SHA256(token || challenge), challenge
//	PAIR step 2: SHA256(token || chall.)->
//	                                    <-      slot, salt       pairing key = SHA256(token || salt)
//	OPEN: slot, ephemeral public key    ->
//	                                    <-      salt, IV         keys = SHA512(ECDH || pairing key || salt)
//	MUTUALLY AUTHENTICATE, wrapped      ->
//	                                    <-      wrapped
//
// Commands are built by functions named XxxCommand and taken apart by ParseXxxCommand; answers are built by methods
// named Encode and taken apart by ParseXxx. Every parser checks every length before it uses it and wraps [ErrFormat].
// [Lookup] and [Commands] give the table of commands: since which version each exists, what it needs, and what its
// status words mean.
//
// Sources: the Keycard protocol text of release 2.0 (cited as "Keycard seed" with the command's name), and what the
// applet was observed to do in the releases since (cited as "Keycard" with the version).
package wire
