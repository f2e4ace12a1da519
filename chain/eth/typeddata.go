package eth

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"tapcard.example/signer"
)

// domainType is the name of the type of the domain (EIP-712).
const domainType = "EIP712Domain"

// TypedData is structured data that passed every check.
type TypedData struct {
	digest  [32]byte
	primary string
	chainID *big.Int // nil when the domain names no chain
	domain  []leaf
	message []leaf
}

// leaf is one value that is signed, with its place in the data.
type leaf struct {
	path  string // "from.wallets[0]"
	typ   string // "address"
	value any    // common.Address, *big.Int, bool, string or []byte; nil for an empty array
}

// ParseTypedData reads the JSON of eth_signTypedData_v4: types, primaryType, domain, message and nothing else. It is
// strict: every value has a declared type and every declared field a value, numbers fit their types, no type contains
// itself, and EIP712Domain, when it is not declared, is what the domain's fields make it. Sizes are bounded: 1 MiB of
// JSON, 32 types, 256 fields, 4096 values. The error is ErrTypedData.
func ParseTypedData(b []byte) (*TypedData, error) {
	tree, err := parseJSON(b)
	if err != nil {
		return nil, badTypedData("%w", err)
	}
	parts, err := splitTypedData(tree)
	if err != nil {
		return nil, badTypedData("%w", err)
	}
	d, err := parts.read()
	if err != nil {
		return nil, badTypedData("%w", err)
	}
	return d, nil
}

// typedParts is the document before its values were checked.
type typedParts struct {
	types           apitypes.Types
	primary         string
	domain, message map[string]any
}

func splitTypedData(tree any) (*typedParts, error) {
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is not an object", describeJSON(tree))
	}
	if err := checkFields(object, []string{"types", "primaryType", "domain", "message"}); err != nil {
		return nil, err
	}
	p := &typedParts{}
	var okPrimary, okDomain, okMessage bool
	p.primary, okPrimary = object["primaryType"].(string)
	p.domain, okDomain = object["domain"].(map[string]any)
	p.message, okMessage = object["message"].(map[string]any)
	if !okPrimary || !okDomain || !okMessage {
		return nil, fmt.Errorf("primaryType must be a string, domain and message objects")
	}
	var err error
	if p.types, err = parseTypes(object["types"]); err != nil {
		return nil, err
	}
	if err := p.completeDomain(); err != nil {
		return nil, err
	}
	return p, checkTypes(p.types)
}

// checkFields wants exactly these names.
func checkFields(object map[string]any, names []string) error {
	known := map[string]bool{}
	for _, name := range names {
		if known[name] = true; !has(object, name) {
			return fmt.Errorf("the field %s is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) { // sorted: the same input has the same error
		if !known[name] {
			return fmt.Errorf("there is a field %.80q that should not be there", name)
		}
	}
	return nil
}

func has(object map[string]any, name string) bool { _, ok := object[name]; return ok }

// read checks the values and hashes them.
func (p *typedParts) read() (*TypedData, error) {
	if p.primary == domainType {
		return nil, fmt.Errorf("the primary type is %s: there is nothing to sign but the domain", domainType)
	}
	if _, ok := p.types[p.primary]; !ok {
		return nil, fmt.Errorf("the primary type %.80q is not declared", p.primary)
	}
	count := 0
	domain, message := walker{types: p.types, count: &count}, walker{types: p.types, count: &count}
	domainValue, err := domain.structure("", domainType, p.domain)
	if err != nil {
		return nil, fmt.Errorf("domain: %w", err)
	}
	messageValue, err := message.structure("", p.primary, p.message)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	d := &TypedData{primary: p.primary, domain: domain.leaves, message: message.leaves}
	d.chainID, _ = domainValue["chainId"].(*big.Int)
	d.digest, err = p.hash(domainValue, messageValue)
	return d, err
}

// hash is the Keccak-256 of 0x19, 0x01, the domain's hash and the message's hash (EIP-712).
func (p *typedParts) hash(domain, message map[string]any) ([32]byte, error) {
	// The domain goes in as values: go-ethereum's own struct drops empty strings. It wants to see a domain, though.
	data := apitypes.TypedData{Types: p.types, PrimaryType: p.primary, Message: message,
		Domain: apitypes.TypedDataDomain{ChainId: math.NewHexOrDecimal256(0)}}
	separator, err := data.HashStruct(domainType, domain)
	if err != nil {
		return [32]byte{}, err
	}
	content, err := data.HashStruct(p.primary, message)
	if err != nil {
		return [32]byte{}, err
	}
	return crypto.Keccak256Hash([]byte{0x19, 0x01}, separator, content), nil
}

// Digest is what is signed (EIP-712).
func (d *TypedData) Digest() [32]byte { return d.digest }

// Summary shows the domain and every value of the message when the account from signs it.
func (d *TypedData) Summary(from common.Address) signer.Summary {
	s := signer.Summary{Title: "Ethereum typed data (EIP-712): " + d.primary}
	s.Add("From", "%v", from)
	d.describeDomain(&s)
	for _, l := range d.message {
		l.describe(&s, "message.")
	}
	d.warn(&s)
	return s
}
