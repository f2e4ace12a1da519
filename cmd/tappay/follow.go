package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/privatefile"
	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
)

// stateFlags are the flags of what follows the vault's events.
type stateFlags struct {
	state string
	from  uint64
}

func (s *stateFlags) add(f *pflag.FlagSet) {
	f.StringVar(&s.state, "state", "", "keep what is known in `FILE` (default: in the folder of --home, by chain and vault)")
	f.Uint64Var(&s.from, "from", 0, "read from `BLOCK` on, when the state file is new")
}

// openMonitor opens the vault and its state file, which all commands that follow events share.
func (a *app) openMonitor(ctx context.Context, s stateFlags) (*monitor.Monitor, *vault.Vault, error) {
	v, err := a.openVault(ctx)
	if err != nil {
		return nil, nil, err
	}
	path := s.state
	if path == "" {
		dir, err := a.dir()
		if err != nil {
			return nil, nil, err
		}
		path = filepath.Join(dir, fmt.Sprintf("monitor-%d-%s.json", v.ID, v.Address))
	}
	m, err := monitor.Open(v, path, s.from)
	if errors.Is(err, privatefile.ErrBusy) {
		return nil, nil, cli.Hinted{Err: fmt.Errorf("another tappay is reading the vault's events into %s", path),
			Hint: `end that one ("tappay monitor", perhaps), or name another file with --state`}
	}
	if err != nil {
		return nil, nil, err
	}
	a.atEnd(m)
	m.Say = a.progress()
	return m, v, nil
}

// progress says how far reading is, once it takes over a second.
func (a *app) progress() func(block, head uint64) {
	said := time.Now()
	return func(block, head uint64) {
		if block < head && time.Since(said) > time.Second {
			said = time.Now()
			a.Say("read to block %d of %d", block, head)
		}
	}
}

// followed is openMonitor, read up to the newest block.
func (a *app) followed(ctx context.Context, s stateFlags) (*monitor.Monitor, *vault.Vault, error) {
	m, v, err := a.openMonitor(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	return m, v, m.Follow(ctx)
}

// paymentFlags are the flags that name a settled payment.
type paymentFlags struct {
	card, merchant string
	counter        uint32
}

func (p *paymentFlags) add(f *pflag.FlagSet) {
	f.StringVar(&p.card, "card", "", "`ADDRESS` of the card that paid")
	f.Uint32Var(&p.counter, "counter", 0, "the payment's `NUMBER` on the card, as receipt and \"dispute list\" show it")
}

// find looks a payment up among those that can be proven. A card uses a counter once.
func (p *paymentFlags) find(m *monitor.Monitor) (monitor.Paid, error) {
	card, err := address("card", p.card)
	if err != nil {
		return monitor.Paid{}, err
	}
	if p.counter == 0 {
		return monitor.Paid{}, cli.Usage("--counter NUMBER is needed")
	}
	found := m.Paid(func(one monitor.Paid) bool { return one.Card == card && one.Counter == p.counter && !one.Pull })
	if len(found) == 0 {
		return monitor.Paid{}, cli.Hinted{
			Err:  fmt.Errorf("no payment of card %s with counter %d settled in the last 32 days", card, p.counter),
			Hint: `"tappay dispute list --card ADDRESS" shows those that did`,
		}
	}
	if p.merchant == "" {
		return found[0], nil
	}
	merchant, err := address("merchant", p.merchant)
	if err == nil && merchant != found[0].Merchant {
		err = fmt.Errorf("the payment with counter %d went to merchant %s, and not to %s", p.counter, found[0].Merchant, merchant)
	}
	return found[0], err
}
