package cktap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// opSetup is the operation that errors of Setup name.
const opSetup = "setup"

// Step is one step of Setup.
type Step string

// The steps, in order. Each is done once, however often Setup is interrupted.
const (
	StepGenuine Step = "genuine" // the card is genuine, and empty
	StepNew     Step = "new"     // it has picked its key, with the owner's entropy
	StepEntropy Step = "entropy" // that entropy is the chain code of the key it signs with
	StepDerive  Step = "derive"  // its derivation is where it shall be, and the account is proven
	StepBackup  Step = "backup"  // the encrypted backup was saved
	StepCheck   Step = "check"   // the backup was decrypted, and leads to the account; or that was declined
	StepChange  Step = "change"  // the card has a new CVC; or that was declined
)

// Setup says how to set a TAPSIGNER up, and whom to ask. The functions are called when their answer is needed; an error
// of theirs ends the setup, which can go on later.
type Setup struct {
	// Path is where the derivation shall be; nil is m/84h/0h/0h. A setup that goes on keeps the path it began with.
	Path hd.Path
	// CVC gives the code that the card has now: the one printed on it. Required.
	CVC func(context.Context) (secret.Bytes, error)
	// Entropy gives 32 bytes of the owner's; nil, or nil bytes, has them drawn here.
	Entropy func(context.Context) ([]byte, error)
	// Save keeps the backup, away from the card. It returns nil when the file is safe. Required but for a SATSCHIP.
	Save func(context.Context, SavedBackup) error
	// BackupKey gives the 16 bytes printed on the card, for the backup to be tried; nil, or nothing, declines.
	BackupKey func(context.Context) (secret.Bytes, error)
	// NewCVC gives the code that the card shall have; nil, or nothing, leaves the printed one.
	NewCVC func(context.Context) (secret.Bytes, error)
	// Report is told of each step when it is done; may be nil.
	Report func(Step)
}

// SavedBackup is what is to be kept of a new card: the encrypted backup, and the account, without which a wallet would
// have to guess which of the key's addresses were used.
type SavedBackup struct {
	Ident   string
	File    []byte
	Account Account
}

// SetUp is the outcome of Setup.
type SetUp struct {
	Account       Account
	BackupChecked bool // the backup was decrypted and leads to Account
	CVCChanged    bool
}

// Setup sets an empty TAPSIGNER or SATSCHIP up so that its key is known to be honest and its backup known to work. The
// card proves that it is genuine; picks its key with the owner's entropy; proves, at m, that this entropy is in the key
// it signs with; derives and proves the account; gives its backup, which is decrypted and compared with the account;
// and gets a new CVC.
//
// What was done is written to the Store, which is required. Interrupted anywhere, Setup is called again after a new
// Select and goes on; nothing is lost, and no step is done twice that must not be. A card that has a key and was not
// set up here is card.ErrConditions with ErrHasKey: somebody else may know that key.
func (t *Tapsigner) Setup(ctx context.Context, s Setup) (SetUp, error) {
	r, err := t.startSetup(ctx, s)
	if err != nil {
		return SetUp{}, err
	}
	for _, step := range r.steps() {
		if r.past(step.name) {
			continue
		}
		if err := step.do(ctx); err != nil {
			return SetUp{}, fmt.Errorf("setup, step %q: %w", step.name, err)
		}
		if err := r.finish(step.name); err != nil {
			return SetUp{}, err
		}
	}
	return r.outcome()
}

// setupState is what the Store keeps of a setup.
type setupState struct {
	done    Step
	path    hd.Path
	entropy wire.Bytes32
	master  string // xpub
	account string // xpub
	backup  []byte // encrypted
	checked bool
}

// setupRun is one attempt at a setup.
type setupRun struct {
	Setup
	t       *Tapsigner
	state   *setupState
	cvc     secret.Bytes
	changed bool
}

type setupStep struct {
	name Step
	do   func(context.Context) error
}

func (r *setupRun) steps() []setupStep {
	return []setupStep{{StepGenuine, r.genuine}, {StepNew, r.pick}, {StepEntropy, r.proveEntropy}, {StepDerive, r.derive},
		{StepBackup, r.backup}, {StepCheck, r.check}, {StepChange, r.change}}
}

// past says whether a step was done before. That the card is genuine is proven each time.
func (r *setupRun) past(step Step) bool {
	at := func(name Step) int {
		return slices.IndexFunc(r.steps(), func(s setupStep) bool { return s.name == name })
	}
	return step != StepGenuine && at(step) <= at(r.state.done)
}

// startSetup checks the request and finds out what was done before.
func (t *Tapsigner) startSetup(ctx context.Context, s Setup) (*setupRun, error) {
	if s.Path == nil {
		s.Path = wire.DefaultPath()
	}
	switch {
	case t.opts.Store == nil:
		return nil, failure(opSetup, card.ErrConditions, errors.New("it needs a store, to be able to go on later"))
	case s.CVC == nil || s.Save == nil && !t.Satschip():
		return nil, failure(opSetup, card.ErrConditions, errors.New("nobody to ask for the CVC, or to keep the backup"))
	case !wire.ValidPath(s.Path):
		return nil, refuse(opSetup, card.ErrWrongData, "%v: a card takes up to %d components, all hardened",
			s.Path, wire.MaxDepth)
	}
	if err := t.current(ctx); err != nil {
		return nil, err
	}
	state, err := t.opts.Store.setup(t.status.PublicKey)
	if err != nil {
		return nil, err
	}
	if state == nil {
		if t.HasKey() {
			return nil, refuse(opSetup, card.ErrConditions, "%w, and was not set up here; %d backups were made of it",
				ErrHasKey, t.Backups())
		}
		state = &setupState{path: s.Path}
	}
	return &setupRun{Setup: s, t: t, state: state}, nil
}

// finish writes down that a step is done.
func (r *setupRun) finish(step Step) error {
	if r.Report != nil {
		defer r.Report(step)
	}
	if step == StepGenuine {
		return nil
	}
	r.state.done = step
	if step == StepChange { // the last one: nothing is left to go on with
		return r.t.opts.Store.endSetup(r.t.status.PublicKey, r.state.entropy)
	}
	return r.save()
}

func (r *setupRun) save() error { return r.t.opts.Store.saveSetup(r.t.status.PublicKey, r.state) }

// code asks for the CVC once.
func (r *setupRun) code(ctx context.Context) (secret.Bytes, error) {
	if r.cvc.Len() == 0 {
		cvc, err := r.CVC(ctx)
		if err != nil {
			return cvc, err
		}
		r.cvc = cvc
	}
	return r.cvc, nil
}

func (r *setupRun) outcome() (SetUp, error) {
	a, err := r.account()
	return SetUp{Account: a, BackupChecked: r.state.checked, CVCChanged: r.changed}, err
}

// account is the account as it was proven, from the Store.
func (r *setupRun) account() (Account, error) {
	master, network, err := hd.ParseXPub(r.state.master)
	if err != nil {
		return Account{}, fmt.Errorf("%w: %w", ErrStoreDamaged, err)
	}
	x, _, err := hd.ParseXPub(r.state.account)
	if err != nil {
		return Account{}, fmt.Errorf("%w: %w", ErrStoreDamaged, err)
	}
	return Account{Fingerprint: master.Fingerprint(), Path: r.state.path, XPub: x, Testnet: network == hd.Testnet}, nil
}
