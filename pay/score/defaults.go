package score

// Defaults are the parameters that the simulations chose: docs/simulation.md has the figures and the command that
// repeats them. Without the rules at the end no values reach the aims; [Params.Plain] says what is left.
func Defaults() Params {
	return Params{
		// An owner looks at its payments at least once in three weeks; every day more binds the merchant's money for it.
		WindowDays: 20,
		// Long enough for other victims to come, short enough that half of the first ones' weight is left.
		DecisionDays: 10,
		// For whoever has to read the decision and pay an arbitrator.
		AppealDays: 3,
		// Five times what honest customers dispute. Lower flips honest merchants, higher lets thieves leave in time and those who
		// skim go on; 15 to 20 % lets a shop cheat for ever.
		Ratio: 100,
		// Fewer lets chance flip a corner shop, which the ratio does not prevent; more lets small thieves go below it.
		MinimumCases: 6,
		// One angry customer is not a pattern.
		MinimumCards: 3,
		// The upper end of the 5 to 10 dollars first proposed: what a hostile buyer loses when an appeal undoes its case.
		CaseStake: 10e6,
		// With 1,000 a small shop's thefts stay below the minimum of cases and pay; more keeps small merchants out.
		LeastStake: 2000e6,
		// Above most tickets, so that it caps few honest days, and a card's single large payment is no reputation.
		PayerCap: 200e6,
		// A shop may have a day four times its usual one before it must wait: Christmas, and no more.
		Multiple: 4,
		// Four times its stake: a stake of some six days' turnover. Less also hides small thieves, who then sell too little
		// to be disputed often enough.
		MaxLeverage: 64,
		// From one to four in 24 good days.
		LeverageStep: 2,
		// Slow enough that disputes which come one by one add up until somebody decides, fast enough that last season's
		// good trade does not pay for this season's cheating.
		Slope: HalfLife(30),
		// Burned on the way out, so that trading with oneself costs.
		FeeBps: 20,
		// Four proven lies and two thirds of the stake are gone.
		SlashBps: 2500,

		// Losing a case must cost more than the case, or cheating whoever does not look is free.
		PenaltyBps:    10_000,
		OwnersCount:   true,
		FadedRelease:  true,
		Conviction:    true,
		StakeVouches:  true,
		GrowWhileGood: true,
	}
}

// Plain is the same without the rules that the contracts do not have.
func (p Params) Plain() Params {
	p.PenaltyBps = 0
	p.OwnersCount, p.FadedRelease, p.Conviction, p.StakeVouches, p.GrowWhileGood = false, false, false, false, false
	return p
}
