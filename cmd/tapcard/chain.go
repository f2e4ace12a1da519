package main

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"tapcard.example/chain/btc"
	"tapcard.example/chain/btc/node"
	"tapcard.example/cktap"
	"tapcard.example/internal/cli"
	"tapcard.example/secret"
)

// chainFlags say who is asked about the chain.
type chainFlags struct {
	esplora, rpc, user string
	passwordFile, cert string
}

func (f *chainFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.esplora, "esplora", "", "ask the Esplora server at `URL` (it learns which addresses belong together)")
	c.Flags().StringVar(&f.rpc, "rpc", "", "ask the Bitcoin Core or btcd node at `URL`, http://127.0.0.1:8332")
	c.Flags().StringVar(&f.user, "rpc-user", "", "name for --rpc (default: that of --rpc-password-file, if it is a .cookie)")
	c.Flags().StringVar(&f.passwordFile, "rpc-password-file", "", "password for --rpc, or Bitcoin Core's .cookie `FILE`")
	c.Flags().StringVar(&f.cert, "rpc-cert", "", "certificate `FILE` of the node, btcd's rpc.cert")
}

// open connects to whoever was named, and checks that it is on the right network. Nobody is nil.
func (f *chainFlags) open(ctx context.Context, n btc.Network) (node.Chain, error) {
	var chain node.Chain
	var err error
	switch {
	case f.esplora != "" && f.rpc != "":
		return nil, cli.UsageError{Err: errors.New("--esplora or --rpc, not both")}
	case f.esplora != "":
		chain, err = node.NewEsplora(f.esplora)
	case f.rpc != "":
		chain, err = f.openRPC()
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return chain, node.Check(ctx, chain, n)
}

func (f *chainFlags) openRPC() (node.Chain, error) {
	config := node.RPCConfig{URL: f.rpc, User: f.user}
	if f.passwordFile != "" {
		raw, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return nil, err
		}
		raw = bytes.TrimSpace(raw)
		if user, password, cookie := bytes.Cut(raw, []byte(":")); cookie && config.User == "" {
			config.User, raw = string(user), password
		}
		config.Password = secret.New(raw)
	}
	if f.cert != "" {
		pem, err := os.ReadFile(f.cert)
		if err != nil {
			return nil, err
		}
		config.Roots = pem
	}
	return node.NewRPC(config)
}

// networkOf is the network of a tap card. Test cards serve all test networks.
func networkOf(testnet bool, name string) (btc.Network, error) {
	n, err := btc.ParseNetwork(name)
	switch {
	case name == "" && testnet:
		return btc.Testnet, nil
	case name == "":
		return btc.Mainnet, nil
	case err != nil:
		return n, cli.UsageError{Err: err}
	case testnet == (n == btc.Mainnet):
		return n, cli.UsageError{Err: errors.New("the card is for another network")}
	}
	return n, nil
}

// blockHashes lets a card's birth block be checked, if somebody was named who knows the chain.
func (a *app) blockHashes(ctx context.Context, f *chainFlags, s *cktap.Satscard) (cktap.BlockHash, error) {
	n, err := networkOf(s.Status().Testnet, "")
	if err != nil {
		return nil, err
	}
	chain, err := f.open(ctx, n)
	if chain == nil || err != nil {
		return nil, err
	}
	return func(ctx context.Context, height int) (h [32]byte, err error) {
		hash, err := chain.BlockHash(ctx, uint32(height))
		for i := range h {
			h[i] = hash[len(hash)-1-i]
		}
		return h, err
	}, nil
}
