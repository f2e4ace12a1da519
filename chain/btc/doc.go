// Package btc turns what Bitcoin signs into what a card signs: 32 bytes a signature, and words that say what they stand
// for.
//
// # Transactions
//
// A transaction on its way to its signers travels as a PSBT (BIP-174, version 2: BIP-370). ParsePSBT reads one, Review
// says what it does, Sign has a card sign it, Finalize and Transaction make of it what a node takes.
//
//	packet, err := btc.ParsePSBT(file)
//	result, err := packet.Sign(ctx, signer, btc.Wallet{Accounts: accounts}, btc.Options{Network: btc.Mainnet})
//	os.Stdout.WriteString(packet.Base64())
//
// A PSBT is made by a program that may be wrong or hostile, and its claims are checked against what they claim about:
//
//   - An input is signed by a key of the card only if the PSBT names the path of the key, the key at this path is the
//     named one, and the coin's script holds it. What the card returns is verified against exactly this key.
//   - A coin is worth what the transaction that made it says, and that transaction is in the PSBT, its hash matching.
//     A bare amount is believed in one case only, see Options.TrustAmounts.
//   - An output is change if a script made here from the wallet's own keys equals it, never because it is said to be.
//   - Signatures are for the whole transaction (SIGHASH_ALL), unless Options.AnySighash says otherwise.
//
// What a card with one kind of key can sign: P2PKH, P2SH-P2WPKH, P2WPKH, and multisig in P2SH, P2SH-P2WSH and P2WSH.
// Taproot can be paid to, not spent: these cards make no Schnorr signatures.
//
// # The rest
//
// Messages are signed as BIP-322 and BIP-137 say. Descriptors (BIP-380 and those after it) name the addresses of a
// wallet; exports carry them to Bitcoin Core and Sparrow. Sweep empties keys into one address. Package btc/node asks a
// node about the chain; this package itself asks nobody.
//
// Transactions, scripts, hashes and the judge of every finished transaction (a script engine) are btcd's.
package btc
