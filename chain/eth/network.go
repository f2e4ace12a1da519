package eth

import (
	"fmt"
	"math/big"
)

// network is a chain by its number (EIP-155), as https://chainlist.org and its like list them.
type network struct {
	name string // empty when the number is not known here
	coin string // what fees are paid in
}

// networkOf knows the chains that most people use. It is a switch and not a table, so that a program that never asks
// spends nothing on it.
func networkOf(id *big.Int) network {
	if !id.IsUint64() {
		return network{coin: "ether"}
	}
	switch id.Uint64() {
	case 1:
		return network{"Ethereum", "ether"}
	case 10:
		return network{"OP Mainnet", "ether"}
	case 56:
		return network{"BNB Smart Chain", "BNB"}
	case 100:
		return network{"Gnosis Chain", "xDAI"}
	case 130:
		return network{"Unichain", "ether"}
	case 137:
		return network{"Polygon", "POL"}
	case 324:
		return network{"ZKsync Era", "ether"}
	case 1337, 31337:
		return network{"local test chain", "ether"}
	case 5000:
		return network{"Mantle", "MNT"}
	case 8453:
		return network{"Base", "ether"}
	case 42161:
		return network{"Arbitrum One", "ether"}
	case 42220:
		return network{"Celo", "CELO"}
	case 43114:
		return network{"Avalanche C-Chain", "AVAX"}
	case 59144:
		return network{"Linea", "ether"}
	case 81457:
		return network{"Blast", "ether"}
	case 84532:
		return network{"Base Sepolia (test)", "ether"}
	case 421614:
		return network{"Arbitrum Sepolia (test)", "ether"}
	case 534352:
		return network{"Scroll", "ether"}
	case 560048:
		return network{"Hoodi (test)", "ether"}
	case 11155111:
		return network{"Sepolia (test)", "ether"}
	case 11155420:
		return network{"OP Sepolia (test)", "ether"}
	}
	return network{coin: "ether"}
}

// networkText is the line of a summary: name and number.
func networkText(id *big.Int) string {
	if n := networkOf(id); n.name != "" {
		return fmt.Sprintf("%s (chain %v)", n.name, id)
	}
	return fmt.Sprintf("chain %v, not known by name here", id)
}
