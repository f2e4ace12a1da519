package btc

import (
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/chaincfg/v2"

	"tapcard.example/hd"
)

// Network is a Bitcoin network. It decides how addresses and extended keys look; keys and scripts are the same on all.
type Network int

// The networks. Testnet stands for testnet3 and testnet4, whose addresses are alike.
const (
	Mainnet Network = iota
	Testnet
	Signet
	Regtest
)

// networkFacts is what differs between networks.
type networkFacts struct {
	name   string
	params *chaincfg.Params
	code   string // in wallet files of the Coldcard family
}

var networks = []networkFacts{
	Mainnet: {"mainnet", &chaincfg.MainNetParams, "BTC"},
	Testnet: {"testnet", &chaincfg.TestNet3Params, "XTN"},
	Signet:  {"signet", &chaincfg.SigNetParams, "XTN"},
	Regtest: {"regtest", &chaincfg.RegressionNetParams, "XRT"},
}

// facts gives those of testnet for a number that is no network, so that nothing wrong can be mistaken for mainnet.
func (n Network) facts() networkFacts {
	if n < 0 || int(n) >= len(networks) {
		n = Testnet
	}
	return networks[n]
}

// ParseNetwork reads a name as Bitcoin Core has them, and "mainnet", "testnet4" and "bitcoin" besides.
func ParseNetwork(name string) (Network, error) {
	switch strings.ToLower(name) {
	case "main", "mainnet", "bitcoin":
		return Mainnet, nil
	case "test", "testnet", "testnet3", "testnet4":
		return Testnet, nil
	case "signet":
		return Signet, nil
	case "regtest":
		return Regtest, nil
	}
	return 0, fmt.Errorf("no Bitcoin network is called %q: mainnet, testnet, signet and regtest are known", name)
}

// String is the name: "mainnet", "testnet", "signet" or "regtest".
func (n Network) String() string { return n.facts().name }

// Keys says how extended keys are marked on this network: xpub on mainnet, tpub on all others (BIP-32).
func (n Network) Keys() hd.Network {
	if n == Mainnet {
		return hd.Mainnet
	}
	return hd.Testnet
}
