package eth

import (
	"bytes"
	"encoding/binary"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/signer"
)

const (
	selectorSize = 4  // bytes of Keccak-256 of the signature that begin a call's data
	wordSize     = 32 // bytes of an argument
)

// method is a call whose arguments are understood here.
type method struct {
	signature string
	params    []param
	grants    bool // it gives somebody else power over the caller's tokens
}

// param is an argument: its name in words, and its type.
type param struct{ name, typ string }

// methodOf knows the calls of ERC-20 and the ones that are abused most: ERC-20's later increaseAllowance, ERC-721's
// setApprovalForAll. transfer and approve of ERC-721 share selectors with ERC-20; the amount is then a token's number.
func methodOf(selector uint32) (method, bool) {
	amount := param{"Amount", "uint256"}
	switch selector {
	case 0xa9059cbb:
		return method{"transfer(address,uint256)", []param{{"Recipient", "address"}, amount}, false}, true
	case 0x095ea7b3:
		return method{"approve(address,uint256)", []param{{"Spender", "address"}, amount}, true}, true
	case 0x23b872dd:
		return method{"transferFrom(address,address,uint256)",
			[]param{{"Token owner", "address"}, {"Recipient", "address"}, amount}, false}, true
	case 0x39509351:
		return method{"increaseAllowance(address,uint256)", []param{{"Spender", "address"}, amount}, true}, true
	case 0xa22cb465:
		return method{"setApprovalForAll(address,bool)",
			[]param{{"Operator", "address"}, {"Approved", "bool"}}, true}, true
	}
	return method{}, false
}

// decodeCall splits data into a known method and its arguments, one word each. known is false when the method is not
// known, or when the arguments are too short or not of their types.
func decodeCall(data []byte) (m method, words [][]byte, known bool) {
	if len(data) < selectorSize {
		return method{}, nil, false
	}
	m, known = methodOf(binary.BigEndian.Uint32(data))
	args := data[selectorSize:]
	if !known || len(args) < wordSize*len(m.params) {
		return method{}, nil, false
	}
	for i, p := range m.params {
		word := args[wordSize*i : wordSize*(i+1)]
		if !wordFits(p.typ, word) {
			return method{}, nil, false
		}
		words = append(words, word)
	}
	return m, words, true
}

// wordFits checks the padding, which contracts check as well.
func wordFits(typ string, word []byte) bool {
	zeros := make([]byte, wordSize)
	switch typ {
	case "address":
		return bytes.Equal(word[:12], zeros[:12])
	case "bool":
		return bytes.Equal(word[:31], zeros[:31]) && word[31] <= 1
	}
	return true
}

// describeCall adds what a call does to a summary.
func describeCall(s *signer.Summary, data []byte) {
	m, words, known := decodeCall(data)
	if !known {
		describeUnknownCall(s, data)
		return
	}
	s.Add("Call", "%s", m.signature)
	for i, p := range m.params {
		describeArgument(s, m, p, words[i])
	}
	if extra := len(data) - selectorSize - wordSize*len(m.params); extra > 0 {
		s.Flag("More data", "%d bytes after the arguments", extra)
		s.Warn("%d bytes of data follow the arguments and are not understood", extra)
	}
}

func describeUnknownCall(s *signer.Summary, data []byte) {
	if len(data) < selectorSize {
		s.Flag("Data", "%#x (%d bytes, too short to name a method)", data, len(data))
	} else {
		s.Flag("Data", "method %#x, %d bytes in all", data[:selectorSize], len(data))
	}
	s.Warn("the data is not understood here: the contract may do anything it has the right to")
}

func describeArgument(s *signer.Summary, m method, p param, word []byte) {
	switch p.typ {
	case "address":
		s.Add(p.name, "%v", common.BytesToAddress(word))
	case "bool":
		if word[31] == 0 {
			s.Add(p.name, "no: the right is taken away")
			return
		}
		s.Flag(p.name, "yes, for every token of this collection")
		s.Warn("the operator may take every token of this collection, now and later")
	default:
		describeAmount(s, m, p, new(big.Int).SetBytes(word))
	}
}

// describeAmount can only show the contract's smallest unit: how many decimals a token has is not in the transaction.
func describeAmount(s *signer.Summary, m method, p param, n *big.Int) {
	switch {
	case m.grants && unlimited(n):
		s.Flag(p.name, "unlimited (%v)", n)
		s.Warn("unlimited approval: the spender may take all of this token, now and later")
	case m.grants && n.Sign() == 0:
		s.Add(p.name, "0: no allowance")
	default:
		s.Add(p.name, "%v of the token's smallest unit (or an NFT's number)", n)
	}
}

// unlimited says whether an allowance is as good as without limit. Contracts use the largest number of 256, 160, 128 or
// 96 bits for that; no token has a supply near 2^128. The numbers of some NFTs are as large, and raise a false alarm.
func unlimited(n *big.Int) bool {
	max96 := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 96), big.NewInt(1))
	return n.BitLen() > 127 || n.Cmp(max96) == 0
}
