package vault

import (
	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/pay/score"
)

// Params are a vault's parameters, fixed at deployment (State.sol, Params). Amounts are in 1e-6 token.
type Params struct {
	Token        common.Address `json:"token"`         // ERC-20 with at least 6 decimals
	Salt         common.Address `json:"salt"`          // a Salt for chains without EIP-2935, else 0
	Arbitrator   common.Address `json:"arbitrator"`    // ERC-792, for appeals; 0 = no appeals
	AnchorLife   uint64         `json:"anchor_life"`   // W: blocks
	OwnerDelay   uint32         `json:"owner_delay"`   // seconds
	WindowDays   uint8          `json:"window_days"`   // in which a payment may be disputed, at most 31
	DecisionDays uint8          `json:"decision_days"` // from opening a case to its decision
	AppealDays   uint8          `json:"appeal_days"`
	SilenceDays  uint8          `json:"silence_days"`
	Ratio        uint16         `json:"ratio"` // bad over good in 1/10,000
	MinimumCases uint16         `json:"minimum_cases"`
	MinimumCards uint16         `json:"minimum_cards"`
	CaseStake    uint64         `json:"case_stake"`
	LeastStake   uint64         `json:"least_stake"`
	PayerCap     uint64         `json:"payer_cap"`
	Multiple     uint8          `json:"multiple"`
	MaxLeverage  uint8          `json:"max_leverage"`  // sixteenths
	LeverageStep uint8          `json:"leverage_step"` // sixteenths gained by a good day
	Slope        uint32         `json:"slope"`         // 2^32 divided by the half-life in days
	FeeBps       uint16         `json:"fee_bps"`
	SlashBps     uint16         `json:"slash_bps"`
	PenaltyBps   uint16         `json:"penalty_bps"` // of a payment whose case the buyer wins, burned from the stake
}

// Longest is the longest life of an anchor that EIP-2935 allows, in blocks.
const Longest = 8191

// Defaults are the parameters that a vault gets unless its deployer chooses others, without a token. What concerns merchants
// and disputes was chosen by simulation ([score.Defaults], docs/simulation.md).
func Defaults() Params {
	d := score.Defaults()
	return Params{
		AnchorLife: Longest, OwnerDelay: 86_400, WindowDays: d.WindowDays, DecisionDays: d.DecisionDays, AppealDays: d.AppealDays,
		SilenceDays: 30, Ratio: d.Ratio, MinimumCases: d.MinimumCases, MinimumCards: d.MinimumCards, CaseStake: d.CaseStake,
		LeastStake: d.LeastStake, PayerCap: d.PayerCap, Multiple: d.Multiple, MaxLeverage: d.MaxLeverage, LeverageStep: d.LeverageStep,
		Slope: d.Slope, FeeBps: d.FeeBps, SlashBps: d.SlashBps, PenaltyBps: d.PenaltyBps,
	}
}
