package sim

// Strategy is an attack with a name, its budget still to be chosen.
type Strategy struct {
	Name   string
	Attack Attack
	Shop   bool // it sells, and its victims are customers; else its victims are honest shops
}

// Strategies are what every set of parameters is tried against. Overcharging is by five unless it is skimming by three;
// a thief gives nothing for what it takes.
func Strategies() []Strategy {
	return []Strategy{
		{"skim", Attack{Kind: Overcharge, Fraction: 0.02, Factor: 3, Careful: true}, true},
		{"careful", Attack{Kind: Overcharge, Fraction: 0.3, Factor: 5, Careful: true}, true},
		{"overcharge 10 %", Attack{Kind: Overcharge, Fraction: 0.1, Factor: 5}, true},
		{"overcharge 50 %", Attack{Kind: Overcharge, Fraction: 0.5, Factor: 5}, true},
		{"thief", Attack{Kind: Overcharge, Fraction: 1}, true},
		{"hit and run", Attack{Kind: ExitScam, Fraction: 1, Last: 10}, true},
		{"exit scam", Attack{Kind: ExitScam, Fraction: 1, Build: 60, Last: 7}, true},
		{"wash 1:1", Attack{Kind: Overcharge, Fraction: 0.3, Factor: 5, Wash: 0.5, CardCost: 3}, true},
		{"whitewash", Attack{Kind: Whitewash, Fraction: 0.5, Factor: 5}, true},
		{"whitewash thief", Attack{Kind: Whitewash, Fraction: 1}, true},
		{"sybil disputes", Attack{Kind: Sybil, CardCost: 3}, false},
		{"challenge flood", Attack{Kind: Flood}, false},
	}
}

// Budgets that are tried, in least stakes.
var Budgets = []float64{1, 2, 5, 10}
