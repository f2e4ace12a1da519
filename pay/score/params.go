package score

// Params are the vault's parameters that matter to merchants and disputes, with the names of the contract's structure.
type Params struct {
	WindowDays   uint8  `json:"window_days"`   // days after a payment's day in which it may be disputed, at most 31
	DecisionDays uint8  `json:"decision_days"` // days from opening a case to its decision
	AppealDays   uint8  `json:"appeal_days"`   // days in which the loser may appeal
	Ratio        uint16 `json:"ratio"`         // bad over good, in 1/10,000, above which the buyers win
	MinimumCases uint16 `json:"minimum_cases"` // open cases below which the merchant wins
	MinimumCards uint16 `json:"minimum_cards"` // seasoned cards among them
	CaseStake    uint64 `json:"case_stake"`    // what opening a case takes
	LeastStake   uint64 `json:"least_stake"`   // what registering a merchant takes
	PayerCap     uint64 `json:"payer_cap"`     // what one distinct payer adds to a day's weight, and a case to the bad side
	Multiple     uint8  `json:"multiple"`      // room of a day over the decayed daily mean
	MaxLeverage  uint8  `json:"max_leverage"`  // in sixteenths
	LeverageStep uint8  `json:"leverage_step"` // sixteenths gained by a good day
	Slope        uint32 `json:"slope"`         // 2^32 divided by the half-life of weights in days
	FeeBps       uint16 `json:"fee_bps"`       // burned from what merchants take out, in 1/10,000
	SlashBps     uint16 `json:"slash_bps"`     // of the stake, for proven cheating, in 1/10,000

	// What follows are rules that the contracts have and cannot be without; turned off, they show what for.

	// PenaltyBps is the share of the held amount, in 1/10,000, that is burned from the merchant's stake, and never more
	// than there is of it, when the buyers win a case.
	PenaltyBps uint16 `json:"penalty_bps"`
	// OwnersCount lets only cases that a card's owner opened count as disputing cards and as bad weight.
	// Without it a challenger can flip a merchant alone, by disputing what strangers paid.
	OwnersCount bool `json:"owners_count"`
	// FadedRelease takes from the bad side what is left of a case's weight when the merchant has won it. Without it the
	// whole weight is taken although half of it may have faded, and in time nothing is left for the other cases.
	FadedRelease bool `json:"faded_release"`
	// Conviction lets the buyers win every case about a payment from before the day on which the merchant lost a vote.
	// Without it a case that is decided a few days later, when the disputes have faded, is lost.
	Conviction bool `json:"conviction"`
	// StakeVouches adds the stake that is not advanced to the good side. Without it a handful of disputes in a new
	// merchant's first days flips it, for its good side is that of the day on which they were opened.
	StakeVouches bool `json:"stake_vouches"`
	// GrowWhileGood lets leverage grow on a day while the bad side weighs less than a quarter of what would flip the
	// merchant. Without it one open case stops the growth, and a large merchant always has one.
	GrowWhileGood bool `json:"grow_while_good"`
}

// HalfLife is the slope that halves weights in this many days: 2^32 / days.
func HalfLife(days uint32) uint32 { return uint32(One / uint64(days)) }
