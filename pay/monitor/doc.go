// Package monitor watches a vault from outside: it follows the chain's events, rebuilds every merchant's days, judges
// merchants as the contracts would, and challenges payments of those that cheat, for a tenth of the payment.
//
//	m, err := monitor.Open(v, "monitor.json", 0)
//	defer m.Close()
//	told, err := m.Round(ctx, nil)   // nil: look only; with a key it files
//
// What it knows also serves owners and merchants: [Monitor.Paid] lists payments, [Monitor.Stand] says what can be done about
// one, [Monitor.Prepare] proves it for a dispute or a refund, and [Monitor.Season] makes a card's disputes count.
//
// It trusts nobody's word. A merchant's day is a chain of hashes in the contract (Merchant.sol); the monitor folds what it
// read from events into the same chain and compares. Where both end alike, it has seen every payment of that day and can
// prove each of them; where they do not, it says so and proves nothing.
//
// Everything known is in one file that is replaced atomically, so a monitor that was killed goes on where it was. What it is
// about to file is written there before anything is sent; what happened to it is read from the chain and never assumed.
package monitor
