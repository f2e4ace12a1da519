package eth

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// domainFields are the fields that a domain may have, in the order of EIP-712.
func domainFields() []apitypes.Type {
	return []apitypes.Type{
		{Name: "name", Type: "string"},
		{Name: "version", Type: "string"},
		{Name: "chainId", Type: "uint256"},
		{Name: "verifyingContract", Type: "address"},
		{Name: "salt", Type: "bytes32"},
	}
}

// completeDomain declares EIP712Domain by the fields that the domain has, as ethers and viem leave it out; a declared
// one must consist of the standard's fields.
func (p *typedParts) completeDomain() error {
	if len(p.domain) == 0 {
		return errors.New("the domain is empty: the signature would be valid for every application")
	}
	declared, ok := p.types[domainType]
	if !ok {
		for _, field := range domainFields() {
			if has(p.domain, field.Name) {
				p.types[domainType] = append(p.types[domainType], field)
			}
		}
		return nil // what is in the domain and not in its type is found with the values
	}
	for _, field := range declared {
		if !isDomainField(field) {
			return fmt.Errorf("%s has a field %.80q of type %.80q, which EIP-712 does not know", domainType, field.Name,
				field.Type)
		}
	}
	return nil
}

func isDomainField(field apitypes.Type) bool {
	for _, known := range domainFields() {
		if known == field {
			return true
		}
	}
	return false
}
