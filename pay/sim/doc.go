// Package sim plays the payment network with agents: what rogue merchants, friendly frauds and hostile challengers gain,
// what their victims get back, and how often honest merchants are taken for rogues, under the contracts' own rules
// (pay/score).
//
// A world is many towns that know nothing of each other. A town has cards with purses and their limits, honest shops, at
// most one attacker with a budget, and a challenger. Each payment is drawn (payer, shop, amount, time of day) and goes
// through the same checks as in the vault: per payment, balance, cooldown, day, month, the merchant's room. A town's seed
// is a hash of the world's seed and its number, so towns may be played in any order on any number of cores, and all sums
// are the same; an order-independent hash of all payments says so.
//
// What a simulation shows depends on what it assumes. The assumptions are the fields of [World] and [Attack]; those that
// matter most are how many victims notice and dispute, and how many honest payments are disputed.
package sim
