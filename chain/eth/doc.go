// Package eth turns what Ethereum signs into what a card signs: 32 bytes, and words that say what they stand for.
//
// Three things can be signed. Each is parsed strictly, because a parser that guesses shows one thing and signs another:
// unknown or repeated fields, numbers that do not fit and mistyped addresses are errors.
//
//   - Transaction: legacy with a chain id (EIP-155), with an access list (EIP-2930), with a dynamic fee (EIP-1559);
//     from JSON or from the unsigned RLP.
//   - Message: a text (EIP-191 version 0x45, "personal_sign").
//   - TypedData: structured data (EIP-712, "eth_signTypedData_v4").
//
// What cannot be signed, on purpose: a bare digest, because nobody can say what it stands for; an authorization of
// EIP-7702 or a transaction that carries some, because one such signature hands the whole account to a contract; a
// blob transaction, because its blobs are not part of what is signed here; and a transaction without a chain id,
// because it is valid on every chain.
//
// SignTransaction, SignMessage and SignTypedData do the whole way through a signer.Signer. Encodings and hashes are
// go-ethereum's own.
package eth
