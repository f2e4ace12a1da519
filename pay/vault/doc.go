// Package vault speaks to the payment contracts on a chain: it deploys them, opens purses, registers merchants, settles
// what cards signed, and reads the packed words that they keep.
//
//	chain, err := vault.Dial(ctx, "http://127.0.0.1:8545")
//	v, err := chain.Vault(ctx, address)
//	anchor, err := v.Anchor(ctx)                         // what a payment is bound to: a block, and its hash
//	settled, err := v.Pay(ctx, key, payment, signature)  // anybody may carry it
//
// The contracts believe signatures and nobody's word, so who carries a transaction does not matter: a [Key] of this
// package pays gas. Cards sign what paycard/wire describes, owners sign EIP-712 ([Action]); both are made and checked
// without a node.
//
// On chains whose contracts cannot read old hashes, anchors come from a [Salt], which an [Operator] reveals secrets to.
//
// A refusal is a [*Refused] and says why in the contracts' own terms. Amounts are in 1e-6 token everywhere. The formats of
// words and signed messages are in pay/contracts/README.md and in the Solidity sources that each constant names.
package vault
