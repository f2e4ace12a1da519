// Package contracts carries the compiled payment contracts: what tools/build.js wrote into artifacts/ from the Solidity
// sources beside it, byte for byte. README.md is about the contracts, package vault speaks to them.
package contracts

import (
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
)

//go:embed artifacts/*.json
var artifacts embed.FS

// Artifact is a compiled contract or library.
type Artifact struct {
	Name string
	ABI  abi.ABI
	code string                           // creation code in hex, with placeholders where libraries are linked in
	at   map[string][]struct{ Start int } // by library: where its address belongs, in bytes
}

// Load returns a contract by its name: "Vault", "Salt", "TestDollar", or one of the libraries.
func Load(name string) (Artifact, error) {
	raw, err := artifacts.ReadFile("artifacts/" + name + ".json")
	if err != nil {
		return Artifact{}, fmt.Errorf("no contract is called %q", name)
	}
	var file struct {
		ABI      abi.ABI
		Bytecode string
		Links    map[string]map[string][]struct{ Start int }
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return Artifact{}, fmt.Errorf("the artifact of %s: %w", name, err)
	}
	a := Artifact{Name: name, ABI: file.ABI, code: strings.TrimPrefix(file.Bytecode, "0x"), at: map[string][]struct{ Start int }{}}
	for _, libraries := range file.Links {
		maps.Copy(a.at, libraries)
	}
	return a, nil
}

// Libraries are the names of the libraries that it needs, in alphabetical order.
func (a Artifact) Libraries() []string { return slices.Sorted(maps.Keys(a.at)) }

// Code is the creation code with the addresses of all its libraries filled in, and the constructor's arguments after it.
func (a Artifact) Code(libraries map[string]common.Address, arguments ...any) ([]byte, error) {
	code := []byte(a.code)
	for name, places := range a.at {
		at, ok := libraries[name]
		if !ok {
			return nil, fmt.Errorf("%s needs the library %s", a.Name, name)
		}
		for _, p := range places {
			if p.Start < 0 || 2*(p.Start+common.AddressLength) > len(code) {
				return nil, errors.New("the artifact of " + a.Name + " names a place outside its code")
			}
			hex.Encode(code[2*p.Start:], at[:])
		}
	}
	out, err := hex.DecodeString(string(code))
	if err != nil {
		return nil, fmt.Errorf("the artifact of %s: %w", a.Name, err)
	}
	packed, err := a.ABI.Pack("", arguments...)
	if err != nil {
		return nil, fmt.Errorf("arguments of %s: %w", a.Name, err)
	}
	return append(out, packed...), nil
}
