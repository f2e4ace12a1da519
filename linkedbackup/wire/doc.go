// Package wire is the language of linked backup: how a key goes from one card to one or two others through a host that
// is trusted with nothing. PROTOCOL.md, one folder up, defines it; here are the codecs and the cryptography of both
// sides. The package sends nothing itself.
//
// Four messages make a backup. Each is a struct with Encode and a Parse function, and checks itself with the keys that
// its reader already has:
//
//	source                             backup card
//	Offer: link key, wallet      ->                           Offer.Check
//	                             <-    Join: link key         Join.Check
//	Bundle: set, ENC             ->                           Bundle.Check, Bundle.Open
//	Attestation, from any card, for anybody with a fresh nonce
//
// [Hash] gives every hash and signature a name of its own. A [KeyPair] signs and agrees on secrets. A [Channel] carries
// the commands with a code, a seed or a hash between host and card. What a card refuses, it refuses with a [Refusal],
// and the host gets the same one back from the status word, so errors.Is means the same on both sides.
//
// Sources: PROTOCOL.md, cited by section.
package wire
