package cktap

import (
	"context"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
)

func (r *setupRun) genuine(ctx context.Context) error {
	_, err := r.t.Genuine(ctx)
	return err
}

// pick has the card pick its key. The entropy is written down before it is sent: a card that has a key after a lost
// answer must have this entropy in it, and the next step finds out.
func (r *setupRun) pick(ctx context.Context) error {
	if r.t.HasKey() {
		return nil
	}
	if r.state.entropy == (wire.Bytes32{}) {
		if err := r.draw(ctx); err != nil {
			return err
		}
	}
	cvc, err := r.code(ctx)
	if err != nil {
		return err
	}
	if err := r.t.sendNew(ctx, cvc, 0, r.state.entropy); err != nil {
		return err
	}
	return r.t.Refresh(ctx)
}

// draw takes the owner's entropy, or draws it, and writes it down.
func (r *setupRun) draw(ctx context.Context) error {
	var own []byte
	var err error
	if r.Entropy != nil {
		if own, err = r.Entropy(ctx); err != nil {
			return err
		}
	}
	if r.state.entropy, err = r.t.chainCode(own); err != nil {
		return err
	}
	return r.save()
}

// proveEntropy has the card stand at m, where its chain code is the entropy, and proves the xpub there.
func (r *setupRun) proveEntropy(ctx context.Context) error {
	cvc, err := r.code(ctx)
	if err != nil {
		return err
	}
	master, err := r.t.visitMaster(ctx, cvc, r.state.path)
	if err != nil {
		return err
	}
	if wire.Bytes32(master.XPub.ChainCode()) != r.state.entropy {
		return failure(wire.CmdNew, card.ErrCardMismatch, ErrEntropy)
	}
	r.state.master = master.String()
	return nil
}

func (r *setupRun) derive(ctx context.Context) error {
	cvc, err := r.code(ctx)
	if err != nil {
		return err
	}
	a, err := r.t.Derive(ctx, cvc, r.state.path)
	if err != nil {
		return err
	}
	r.state.account = a.String()
	return nil
}

// backup keeps the encrypted backup in the Store until the owner has it.
func (r *setupRun) backup(ctx context.Context) error {
	if r.t.Satschip() {
		return nil
	}
	if r.state.backup == nil {
		cvc, err := r.code(ctx)
		if err != nil {
			return err
		}
		if r.state.backup, err = r.t.Backup(ctx, cvc); err != nil {
			return err
		}
		if err := r.save(); err != nil {
			return err
		}
	}
	a, err := r.account()
	if err != nil {
		return err
	}
	return r.Save(ctx, SavedBackup{Ident: r.t.Ident(), File: r.state.backup, Account: a})
}

func (r *setupRun) check(ctx context.Context) error {
	if r.t.Satschip() || r.BackupKey == nil {
		return nil
	}
	key, err := r.BackupKey(ctx)
	if err != nil || key.Len() == 0 {
		return err
	}
	defer key.Destroy()
	a, err := r.account()
	if err != nil {
		return err
	}
	if err := VerifyBackup(key, r.state.backup, a); err != nil {
		return err
	}
	r.state.checked = true
	return nil
}

// change gives the card its new CVC. An answer that was lost before is Change's to find out.
func (r *setupRun) change(ctx context.Context) error {
	if r.NewCVC == nil {
		return nil
	}
	next, err := r.NewCVC(ctx)
	if err != nil || next.Len() == 0 {
		return err
	}
	cvc, err := r.code(ctx)
	if err != nil {
		return err
	}
	if err := r.t.Change(ctx, cvc, next); err != nil {
		return err
	}
	r.changed = true
	return nil
}
