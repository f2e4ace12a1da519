package main

import (
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/spf13/pflag"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

// saltFlags are the flags of "deploy" for a vault with a salt.
type saltFlags struct {
	round, patience, quorum uint64
	operators               []string
}

func (s *saltFlags) add(f *pflag.FlagSet) {
	f.Uint64Var(&s.round, "salt-round", 0, "deploy a salt whose rounds have `BLOCKS`: see \"tappay help salt\"")
	f.Uint64Var(&s.patience, "salt-patience", 0, "`BLOCKS` of a round after which anybody may go on without its operators")
	f.Uint64Var(&s.quorum, "salt-quorum", 0, "`NUMBER` of operators that make a round's salt")
	f.StringArrayVar(&s.operators, "salt-operator", nil, "`ADDRESS=COMMITMENT` of an operator: \"tappay salt commitment\"")
}

// plan adds the salt to a deployment and to the parameters, if one is wanted.
func (s saltFlags) plan(p *vault.Params) ([]vault.Step, error) {
	if s.round == 0 && s.patience == 0 && s.quorum == 0 && len(s.operators) == 0 {
		return nil, nil
	}
	if p.Salt != (common.Address{}) {
		return nil, cli.Usage("either a salt in --params, or --salt-round and the flags beside it")
	}
	terms := vault.SaltTerms{Round: s.round, Patience: s.patience, Quorum: s.quorum}
	for _, text := range s.operators {
		who, committed, _ := strings.Cut(text, "=")
		at, err := address("salt-operator", who)
		if err != nil {
			return nil, err
		}
		raw, err := hexutil.Decode(committed)
		if err != nil || len(raw) != common.HashLength {
			return nil, cli.Usage("--salt-operator %s: a commitment has 64 hex digits after 0x", cli.Printable(text))
		}
		terms.Operators = append(terms.Operators, vault.SaltOperator{Address: at, Commitment: [32]byte(raw)})
	}
	step, err := vault.PlanSalt(terms)
	if err != nil {
		return nil, cli.UsageError{Err: err}
	}
	if least := s.round + s.patience; p.AnchorLife < least {
		return nil, cli.Usage("anchors live for %d blocks, and have to outlive a round and its patience, %d", p.AnchorLife, least)
	}
	p.Salt = step.Address
	return []vault.Step{step}, nil
}
