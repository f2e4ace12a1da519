package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

// purseAction is one of the owner's actions as a command.
type purseAction struct {
	use, short string
	kind       vault.Kind
	takes      string // what it takes besides --to: see actionFlags.value
	to         string // what --to means, or ""
}

var purseActions = []purseAction{
	{"tighten", "Lower limits, at once", vault.Tighten, "settings", ""},
	{"freeze", "Stop payments, at once", vault.Freeze, "", ""},
	{"revoke", "End a card's payments for good, at once", vault.Revoke, "", ""},
	{"drop-payee", "Take a payee's own limits away, at once", vault.DropPayee, "", "payee"},
	{"cancel", "Take back what was asked for, at once", vault.Cancel, "request", ""},
	{"give", "Make the purse a gift for who has the card and its PIN: nobody can touch it until that is claimed or over", vault.Give,
		"until", ""},
	{"loosen", "Ask for other limits", vault.Loosen, "settings", ""},
	{"thaw", "Ask for the end of a freeze", vault.Thaw, "", ""},
	{"exit", "Ask for money to leave the purse", vault.Exit, "amount", "where it goes"},
	{"move", "Ask for money to move to another purse of the owner", vault.Move, "amount", "the other card"},
	{"allow-payee", "Ask for limits of its own for a payee", vault.AllowPayee, "limits", "payee"},
	{"set-phone", "Ask for a phone's key that signs with the card above its limits", vault.SetPhone, "limits", "phone"},
	{"set-passkey", "Ask for a passkey that signs in place of the phone's key", vault.SetPasskey, "passkey", ""},
	{"set-approver", "Ask for an approver whose word from before a revocation counts", vault.SetApprover, "", "approver"},
	{"set-maximum", "Ask for a highest balance", vault.SetMaximum, "amount", ""},
	{"set-delay", "Ask for a longer delay, or a shorter one, before what loosens is done", vault.SetDelay, "hours", ""},
	{"set-recovery", "Ask for a recovery key", vault.SetRecovery, "", "recovery key"},
	{"set-attester", "Ask for somebody whose word about merchants counts", vault.SetAttester, "", "attester"},
	{"recover", "Take over the purse with the recovery key", vault.Recover, "", "new owner"},
}

// actionFlags are the flags of all of them.
type actionFlags struct {
	settings settingsFlags
	card, to string
	actionValue
	keyFile, ownerKey, signature, deadline string
	execute, typed                         bool
}

func newPurseAction(a *app, x purseAction) *cobra.Command {
	var f actionFlags
	c := &cobra.Command{Use: x.use, Short: x.short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		action, err := f.parse(x, time.Now())
		if err != nil {
			return err
		}
		v, err := a.openVault(c.Context())
		if err != nil {
			return err
		}
		if f.deadline == "" {
			if err := inTime(c.Context(), v, &action); err != nil {
				return err
			}
		}
		return a.actOn(c.Context(), v, x, f, action)
	}}
	v := c.Flags()
	v.StringVar(&f.card, "card", "", "`ADDRESS` of the card")
	v.StringVar(&f.keyFile, "key-file", "", "key `FILE` of the account that pays for gas: anybody's")
	v.StringVar(&f.ownerKey, "owner-key", "", "key `FILE` of the owner, who signs")
	v.BoolVar(&f.typed, "typed-data", false, "print what the owner signs, for another wallet (\"tapcard eth sign-typed\"), and do nothing")
	v.StringVar(&f.signature, "signature", "", "the owner's signature from another wallet, 65 bytes in hex")
	v.StringVar(&f.deadline, "deadline", "", "the deadline of that signature, as --typed-data printed it")
	if x.kind.Waits() {
		v.BoolVar(&f.execute, "execute", false, "carry out what was asked for with the same flags, after its delay")
	}
	f.add(c, x.takes, &f.settings)
	if x.to != "" {
		v.StringVar(&f.to, "to", "", "`ADDRESS`: "+x.to)
	}
	return c
}

// parse makes the action.
func (f actionFlags) parse(x purseAction, now time.Time) (vault.Action, error) {
	card, err := address("card", f.card)
	if err != nil {
		return vault.Action{}, err
	}
	value, more, err := f.parseValue(x.takes, f.settings, now)
	if err != nil {
		return vault.Action{}, err
	}
	var to common.Address
	if x.to != "" {
		if to, err = address("to", f.to); err != nil {
			return vault.Action{}, err
		}
	}
	action := vault.NewAction(x.kind, card, value, to, more, now)
	if f.deadline != "" {
		if _, ok := action.Deadline.SetString(f.deadline, 10); !ok {
			return vault.Action{}, cli.Usage("--deadline is a time in seconds")
		}
	}
	return action, nil
}

// inTime moves the deadline of an action to an hour after the chain's time, where that is ahead of this computer's.
func inTime(ctx context.Context, v *vault.Vault, action *vault.Action) error {
	now, err := v.Now(ctx)
	if at := big.NewInt(now.Add(time.Hour).Unix()); err == nil && at.Cmp(action.Deadline) > 0 {
		action.Deadline = at
	}
	return err
}

// actOn shows, sends or carries out an action.
func (a *app) actOn(ctx context.Context, v *vault.Vault, x purseAction, f actionFlags, action vault.Action) error {
	p, err := v.Purse(ctx, action.Card)
	if err != nil {
		return err
	}
	owner := p.Owner
	if x.kind == vault.Recover {
		owner = p.Recover
	}
	if f.typed {
		return a.printTyped(ctx, v, action, owner)
	}
	relay, err := a.readKey("key-file", f.keyFile)
	if err != nil {
		return err
	}
	defer relay.Destroy()
	if f.execute {
		_, err = v.Execute(ctx, relay, action)
	} else {
		err = a.signedAct(ctx, v, f, relay, owner, action)
	}
	if err != nil {
		return err
	}
	shown, err := showPurse(ctx, v, action.Card)
	if err == nil && x.kind.Waits() && !f.execute {
		wait := max(time.Duration(v.Params.OwnerDelay)*time.Second, time.Duration(p.DelayHours)*time.Hour)
		a.Say("asked for; after %v and %d blocks the same command with --execute carries it out", wait, v.Params.AnchorLife+1)
		shown.Request = action.Request(p.Owner).Hex()
	}
	if err != nil {
		return err
	}
	return a.Print(shown)
}

// signedAct has the owner's key sign, or takes a signature that was made elsewhere.
func (a *app) signedAct(ctx context.Context, v *vault.Vault, f actionFlags, relay *vault.Key, owner common.Address, action vault.Action) error {
	var signature [65]byte
	if f.signature != "" {
		raw, err := hex.DecodeString(strings.TrimPrefix(f.signature, "0x"))
		if err != nil || len(raw) != len(signature) || f.deadline == "" {
			return cli.Usage("--signature is 65 bytes in hex, and --deadline belongs to it")
		}
		copy(signature[:], raw)
	} else {
		key, err := a.readKey("owner-key", f.ownerKey)
		if err != nil {
			return err
		}
		defer key.Destroy()
		nonce, err := v.Nonce(ctx, owner)
		if err == nil {
			signature, err = v.SignAction(key, action, nonce)
		}
		if err != nil {
			return err
		}
	}
	_, err := v.Act(ctx, relay, owner, action, signature)
	if errors.Is(err, vault.ErrOtherOwner) {
		return cli.Hinted{Err: err, Hint: fmt.Sprintf("%s has to sign", owner)}
	}
	return err
}

// typedShown is the result with --typed-data: it goes into a file for the wallet.
type typedShown struct{ text []byte }

// Text prints it.
func (t typedShown) Text(w io.Writer) { fmt.Fprintf(w, "%s\n", t.text) }

// MarshalJSON is the same: it is JSON already.
func (t typedShown) MarshalJSON() ([]byte, error) { return t.text, nil }

func (a *app) printTyped(ctx context.Context, v *vault.Vault, action vault.Action, owner common.Address) error {
	nonce, err := v.Nonce(ctx, owner)
	if err != nil {
		return err
	}
	text, err := v.TypedData(action, nonce)
	if err != nil {
		return err
	}
	a.Say("deadline %v", action.Deadline)
	return a.Print(typedShown{text})
}
