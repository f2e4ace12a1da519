// Package score is what the contracts think of a merchant, in Go: the words that a merchant has in the vault's storage,
// and how payments, days, disputes and payouts change them. It is the integer arithmetic of the Solidity libraries Score,
// Rolling, Merchants and Court, with the same truncations and saturations; a file of histories is replayed on both sides
// and the words are compared bit by bit (pay/contracts/test/History.t.sol).
//
// Who follows a merchant's events can therefore say today what the vault will decide, which is what a monitor needs, and
// a simulation of agents shows what the contract would do and not what a formula resembling it would do.
//
// Amounts are in 1e-6 token, days are Unix time / 86,400, leverage is in sixteenths. A method that refuses leaves the
// merchant as it was, as a transaction that reverts does, the closing of a day included.
//
// A few fields of [Params] are not in the contracts: rules that the simulations showed to be needed. At zero they
// change nothing, and with them at zero the arithmetic is the contracts' own.
package score
