package eth

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"tapcard.example/signer"
)

// describeDomain says for which application, chain and contract the signature is good.
func (d *TypedData) describeDomain(s *signer.Summary) {
	contract := false
	for _, l := range d.domain {
		contract = contract || l.path == "verifyingContract"
		if l.path == "chainId" {
			s.Add("Network", "%s", networkText(d.chainID))
			continue
		}
		l.describe(s, "domain.")
	}
	if d.chainID == nil {
		s.Warn("the signature is not bound to a chain: it may be used on every chain")
	}
	if !contract {
		s.Warn("the signature is not bound to a contract")
	}
}

// describe adds the line of one value. A path consists of names and indexes, and the prefix keeps it from passing for a
// line of the summary's own.
func (l leaf) describe(s *signer.Summary, prefix string) {
	switch v := l.value.(type) {
	case nil:
		s.Add(prefix+l.path, "no elements")
	case []byte:
		s.Add(prefix+l.path, "%#x (%d bytes)", v, len(v))
	case string:
		text, hidden := signer.Printable(v)
		if !hidden {
			s.Add(prefix+l.path, "%q", verbatim(text))
			return
		}
		s.Flag(prefix+l.path, "%q", verbatim(text))
		s.Warn("a text holds characters that do not show or that turn the direction of writing; they are escaped here")
	case *big.Int:
		l.describeInteger(s, prefix, v)
	case common.Address:
		s.Lines = append(s.Lines, signer.Line{Label: prefix + l.path, Value: v.String(), Warning: l.isSpender()})
	default:
		s.Add(prefix+l.path, "%v", v)
	}
}

// verbatim is a text that is printable already: %q only puts quotes around it, so that its ends can be seen.
type verbatim string

// Format implements fmt.Formatter.
func (v verbatim) Format(w fmt.State, _ rune) { fmt.Fprintf(w, `"%s"`, string(v)) }

func (l leaf) describeInteger(s *signer.Summary, prefix string, n *big.Int) {
	if isAmount(l.name()) && unlimited(n) {
		s.Flag(prefix+l.path, "%v (unlimited)", n)
		return
	}
	s.Add(prefix+l.path, "%v", n)
}

// name is the field's name without its place: "amount" of "details[0].amount".
func (l leaf) name() string {
	path := l.path[strings.LastIndexByte(l.path, '.')+1:]
	name, _, _ := strings.Cut(path, "[")
	return strings.ToLower(name)
}

// isSpender says whether the field is called like somebody who gets power over tokens.
func (l leaf) isSpender() bool { return l.name() == "spender" || l.name() == "operator" }

func isAmount(name string) bool {
	switch name {
	case "value", "amount", "allowance", "wad":
		return true
	}
	return false
}

// warn looks for the shape of a permit: a signature that by itself lets somebody take tokens, like ERC-2612's Permit,
// DAI's, and those of Permit2. Whoever steals money with typed data asks for one of these.
func (d *TypedData) warn(s *signer.Summary) {
	spenders := 0
	for _, l := range d.message {
		switch v := l.value.(type) {
		case common.Address:
			if l.isSpender() {
				spenders++
				s.Warn("this is a permit: %v may take tokens with this signature, without a transaction of yours", v)
			}
		case *big.Int:
			if isAmount(l.name()) && unlimited(v) {
				s.Warn("message.%s is unlimited", l.path)
			}
		}
	}
	if spenders == 0 && strings.Contains(strings.ToLower(d.primary), "permit") {
		s.Warn("this is a permit: whoever has this signature may take tokens, without a transaction of yours")
	}
}
