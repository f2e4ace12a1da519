// Package signer is the one way to get a signature out of any card.
//
// A signing card has no screen: it signs whatever 32 bytes it is given, and the host is the only one who can tell its
// owner what they mean. So a digest never reaches a card here unless its Summary was shown and approved, and a
// signature never leaves here unless it was verified. In order, Signer.Sign
//
//  1. checks that the card can do it at all (Capabilities),
//  2. knows which public key must sign: the one remembered for (card, path) in Keys, or on first use the one that the
//     card exports and the user confirms by its address,
//  3. asks for approval of the Summary,
//  4. lets the card sign,
//  5. verifies the signature against the digest and the key of step 2, never against a key that the answer names.
//
// Step 5 is what a swapped card, a card with another seed, or a card that lies runs into. A card that holds two
// wallets under one identity does too, and rightly so: its other wallet has other addresses.
//
// Signer.SignBatch does the same for several digests that stand for one thing and name the keys that must sign them, as
// the inputs of a Bitcoin transaction do: it asks once, and skips step 2.
//
// The package knows no chain: digests and summaries are made by chain/eth and its like. It sees no secrets either:
// PINs are the business of whoever opened the card.
package signer
