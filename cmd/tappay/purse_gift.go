package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"tapcard.example/internal/cli"
	"tapcard.example/pay/vault"
)

const claimGiftLong = `Takes over the purse of a card that was given away. Its giver made it a gift:

  tappay purse give --card 0x... --until 2030-12-31 --owner-key giver.key --key-file giver.key

and put the card's PIN under the scratch field. Whoever holds the card and that PIN claims it; a proof that somebody sees on
the way is good for nobody else:

  tapcard --json pay-card bind 0 --owner ADDRESS > gift.json
  tappay purse claim-gift --proof gift.json --key-file mine.key

What the giver had asked for is void then, and its phone, passkey, approver and recovery key are gone. The limits stay. Change the
card's PIN, too: the giver knew it.`

func newPurseClaimGift(a *app) *cobra.Command {
	var keyFile, proof, owner string
	c := &cobra.Command{Use: "claim-gift", Short: "Become the owner of a card that was given away", Long: claimGiftLong,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			card, signature, err := readProof(proof)
			if err != nil {
				return err
			}
			return a.withKey(c.Context(), keyFile, func(v *vault.Vault, k *vault.Key) error {
				to := k.Address
				if owner != "" {
					if to, err = address("owner", owner); err != nil {
						return err
					}
				}
				if err := claimable(c.Context(), v, card, to); err != nil {
					return err
				}
				if _, err := v.ClaimGift(c.Context(), k, card, to, signature); err != nil {
					return err
				}
				return a.printPurse(c.Context(), v, card)
			})
		}}
	c.Flags().StringVar(&keyFile, "key-file", "", "key `FILE` of the new owner, or of anybody who pays for gas")
	c.Flags().StringVar(&proof, "proof", "", "`FILE` that \"tapcard --json pay-card bind\" printed")
	c.Flags().StringVar(&owner, "owner", "", "`ADDRESS` of the new owner, if it is not the key's")
	return c
}

// claimable says why a purse cannot be claimed.
func claimable(ctx context.Context, v *vault.Vault, card, to common.Address) error {
	p, err := v.Purse(ctx, card)
	if err != nil {
		return err
	}
	now, err := v.Now(ctx)
	switch {
	case err != nil:
		return err
	case !p.Active:
		return fmt.Errorf("%s has no purse in this vault", card)
	case p.GiftUntil == 0:
		return cli.Hinted{Err: errors.New("this purse is no gift"), Hint: `its owner makes it one with "tappay purse give"`}
	case uint64(now.Unix()) > p.GiftUntil:
		return cli.Hinted{Err: fmt.Errorf("the gift could be claimed until %s", vault.Moment(p.GiftUntil)),
			Hint: `its giver can make it one again with "tappay purse give"`}
	case p.Owner == to:
		return errors.New("a giver cannot claim its own gift")
	}
	return nil
}
