package sim

// Result is the sum over towns. Amounts are in 1e-6 token.
type Result struct {
	Samples uint64          `json:"samples"` // payments that were tried
	Settled uint64          `json:"settled"`
	Refused [reasons]uint64 `json:"refused"` // by reason, the first one being those that were paid
	Hash    uint64          `json:"hash"`    // of all samples, the same in any order

	Turnover        int64 `json:"turnover"`         // honest shops'
	Short           int64 `json:"short"`            // refused for their room
	Fraud           int64 `json:"fraud"`            // paid in overcharged payments
	Stolen          int64 `json:"stolen"`           // the part of it for which nothing was given
	Disputed        int64 `json:"disputed"`         // fraud that the owner disputed or proved
	DisputedBack    int64 `json:"disputed_back"`    // what of that the owner got back
	Back            int64 `json:"back"`             // fraud that owners got back, by whomever
	HonestLost      int64 `json:"honest_lost"`      // what honest shops lost in cases, stake included
	HonestWon       int64 `json:"honest_won"`       // what false disputes left them
	FriendlyProfit  int64 `json:"friendly_profit"`  // of owners who disputed honest payments
	ChallengerGains int64 `json:"challenger_gains"` // of honest challengers, less the stakes they lost

	Months   uint64 `json:"months"`   // of honest merchants
	Flipped  uint64 `json:"flipped"`  // months in which a case was lost by an honest merchant whom nobody attacked
	Attacked uint64 `json:"attacked"` // honest merchants that an attacker flipped
	Cases    uint64 `json:"cases"`

	Budget  int64 `json:"budget"` // of attackers
	Profit  int64 `json:"profit"` // what they end with beyond it
	Fees    int64 `json:"fees"`   // burned on the way out
	Burned  int64 `json:"burned"` // stakes, by penalty and slash
	In      int64 `json:"in"`     // came into the vault
	Out     int64 `json:"out"`    // left it, burned fees and stakes included
	InVault int64 `json:"in_vault"`
}

// add sums; every field is a sum, so that the order of towns does not matter.
func (r *Result) add(o *Result) {
	for i, n := range o.counts() {
		*r.counts()[i] += *n
	}
	for i, n := range o.Refused {
		r.Refused[i] += n
	}
	for i, n := range o.sums() {
		*r.sums()[i] += *n
	}
}

func (r *Result) counts() []*uint64 {
	return []*uint64{&r.Samples, &r.Settled, &r.Hash, &r.Months, &r.Flipped, &r.Attacked, &r.Cases}
}

func (r *Result) sums() []*int64 {
	return []*int64{&r.Turnover, &r.Short, &r.Fraud, &r.Stolen, &r.Disputed, &r.DisputedBack, &r.Back, &r.HonestLost,
		&r.HonestWon, &r.FriendlyProfit, &r.ChallengerGains, &r.Budget, &r.Profit, &r.Fees, &r.Burned, &r.In, &r.Out,
		&r.InVault}
}

// Return is the attackers' profit over their budget.
func (r *Result) Return() float64 { return share(r.Profit, r.Budget) }

// Recovered is which part of the disputed fraud came back.
func (r *Result) Recovered() float64 { return share(r.DisputedBack, r.Disputed) }

// RecoveredOverall is which part of all fraud came back.
func (r *Result) RecoveredOverall() float64 { return share(r.Back, r.Fraud) }

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
