package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

const saltLong = `Where contracts cannot read the hashes of old blocks (EIP-2935), a vault takes its anchors from a salt: a contract
that gives every round of blocks a new one. Operators make it: each commits to a secret before it reveals the one before. When too
few of them reveal, anybody wakes the round after the patience, and payments go on.

  tappay salt commitment --key-file operator.key --name corner-2026      # each operator, for who deploys
  tappay deploy --key-file relay.key --token 0x... --salt-round 160 --salt-patience 80 --salt-quorum 2 \
    --salt-operator 0xA...=0x... --salt-operator 0xB...=0x... --salt-operator 0xC...=0x...
  tappay salt reveal --key-file operator.key --name corner-2026 --follow # each operator, from then on`

const nameUsage = "what the operators of this salt `CALL` it: another than any that this key had before on the same chain"

func newSalt(a *app) *cobra.Command {
	c := &cobra.Command{Use: "salt", Short: "Operate the salt of a vault on a chain without old hashes", Long: saltLong}
	c.AddCommand(newSaltCommitment(a), newSaltStatus(a), newSaltReveal(a), newSaltWake(a))
	return c
}

// withSalt opens the salt of the vault that is named or remembered.
func (a *app) withSalt(ctx context.Context, do func(*vault.Vault) error) error {
	v, err := a.openVault(ctx)
	if err != nil {
		return err
	}
	if v.Salt == nil {
		return errors.New("this vault has no salt: its anchors are the hashes of blocks")
	}
	return do(v)
}

// saltCommitment is the result of "salt commitment".
type saltCommitment struct {
	Operator   common.Address `json:"operator"`
	Commitment common.Hash    `json:"commitment"`
}

// Text prints it as "deploy" takes it.
func (s saltCommitment) Text(w io.Writer) { fmt.Fprintf(w, "%s=%s\n", s.Operator, s.Commitment) }

func newSaltCommitment(a *app) *cobra.Command {
	var keyFile, name string
	var chain uint64
	c := &cobra.Command{
		Use:   "commitment",
		Short: "Show what an operator gives to who deploys",
		Long: `Shows ADDRESS=COMMITMENT for "tappay deploy --salt-operator". The secrets follow from the key, the chain and the name;
none is stored, and none is shown. Never use a name again: the secrets of an earlier salt of that name are known to everybody.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withOperatorKey(keyFile, name, func(k *vault.Key) error {
				if chain == 0 {
					node, err := a.openChain(c.Context())
					if err != nil {
						return err
					}
					chain = node.ID
				}
				return a.Print(saltCommitment{k.Address, vault.NewOperator(k, chain, name).First()})
			})
		},
	}
	operatorFlags(c, &keyFile, &name)
	c.Flags().Uint64Var(&chain, "chain", 0, "`ID` of the chain (default: the node's)")
	return c
}

func operatorFlags(c *cobra.Command, keyFile, name *string) {
	c.Flags().StringVar(keyFile, "key-file", "", "key `FILE` of the operator")
	c.Flags().StringVar(name, "name", "", nameUsage)
}

// withOperatorKey reads an operator's key; its name is needed, too.
func (a *app) withOperatorKey(keyFile, name string, do func(*vault.Key) error) error {
	if name == "" {
		return cli.Usage("--name is needed")
	}
	k, err := a.readKey("key-file", keyFile)
	if err != nil {
		return err
	}
	defer k.Destroy()
	return do(k)
}

// saltShown is the result of "salt status".
type saltShown struct {
	Salt     common.Address `json:"salt_contract"`
	Blocks   uint64         `json:"blocks_in_a_round"`
	Quorum   uint64         `json:"quorum"`
	Block    uint64         `json:"block"`
	Round    uint64         `json:"round"`
	Of       *common.Hash   `json:"salt"` // of the round; null: none yet
	Revealed uint64         `json:"revealed"`
	WakeAt   uint64         `json:"wake_at"`
	Next     uint64         `json:"next_round_at"`
	Anchor   *uint64        `json:"anchor"` // the newest that a payment can have; null: none
}

// Text prints it.
func (s saltShown) Text(w io.Writer) {
	of := fmt.Sprintf("none yet: anybody may wake it from block %d on", s.WakeAt)
	anchor := "none: no payment can be made until the round has a salt"
	if s.Of != nil {
		of = s.Of.Hex()
	}
	if s.Anchor != nil {
		anchor = fmt.Sprint("block ", *s.Anchor)
	}
	cli.Rows(w, "salt contract", s.Salt.Hex(), "block", fmt.Sprint(s.Block),
		"round", fmt.Sprintf("%d, blocks %d to %d", s.Round, s.Next-s.Blocks, s.Next-1), "its salt", of,
		"revealed", fmt.Sprintf("%d of the %d that are needed", s.Revealed, s.Quorum), "newest anchor", anchor)
}

func newSaltStatus(a *app) *cobra.Command {
	return &cobra.Command{Use: "status", Short: "Show the present round, and whether payments can be made", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withSalt(c.Context(), func(v *vault.Vault) error {
				st, err := v.Salt.State(c.Context())
				if err != nil {
					return err
				}
				shown := saltShown{Salt: v.Salt.Address, Blocks: v.Salt.Round, Quorum: v.Salt.Quorum, Block: st.Block, Round: st.Round,
					Revealed: st.Revealed, WakeAt: st.WakeAt, Next: st.Next}
				if of := common.Hash(st.Salt); of != (common.Hash{}) {
					shown.Of = &of
				}
				anchor, err := v.Anchor(c.Context())
				switch {
				case err == nil:
					shown.Anchor = &anchor.Block
				case !errors.Is(err, vault.ErrNoSalt) && !errors.Is(err, vault.ErrYoungChain):
					return err
				}
				return a.Print(shown)
			})
		}}
}
