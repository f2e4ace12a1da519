package btc

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tapcard.example/hd"
)

// coreImport is one entry of what Bitcoin Core's importdescriptors takes.
type coreImport struct {
	Descriptor string  `json:"desc"`
	Active     bool    `json:"active,omitempty"`
	Range      *[2]int `json:"range,omitempty"`
	Timestamp  any     `json:"timestamp"`
	Internal   bool    `json:"internal,omitempty"`
	Label      string  `json:"label,omitempty"`
}

// coreRange is how many addresses Bitcoin Core looks for from the start; it extends them as they are used.
var coreRange = [2]int{0, 999}

// CoreImport is the argument of Bitcoin Core's importdescriptors: one entry for each branch, <0;1> for receiving and
// change. born is when the wallet was made, from which on the chain is searched; the zero time means now, for a wallet
// that was never used.
func (d *Descriptor) CoreImport(born time.Time, label string) ([]byte, error) {
	var timestamp any = "now"
	if !born.IsZero() {
		timestamp = born.Unix()
	}
	var entries []coreImport
	for branch := range d.Branches() {
		one, err := d.Branch(branch)
		if err != nil {
			return nil, err
		}
		e := coreImport{Descriptor: one.String(), Timestamp: timestamp, Internal: branch == 1}
		if d.Ranged() {
			e.Active, e.Range = true, &coreRange // Core gives addresses out of active ranges, and labels none of them
		} else {
			e.Label = label
		}
		entries = append(entries, e)
	}
	return json.MarshalIndent(entries, "", "  ")
}

// genericAccount is an account in the file that Coldcard calls generic JSON, and Sparrow and others import.
type genericAccount struct {
	Name        string `json:"name"`
	Fingerprint string `json:"xfp"` // of the account's own key
	Path        string `json:"deriv"`
	XPub        string `json:"xpub"`
	Descriptor  string `json:"desc"`
	First       string `json:"first"`
}

// sections are where accounts go in that file, and where their paths begin.
var sections = []struct {
	name, label string
	purpose     uint32
	t           ScriptType
}{
	{"bip44", "p2pkh", 44, P2PKH},
	{"bip49", "p2sh-p2wpkh", 49, P2SHP2WPKH},
	{"bip84", "p2wpkh", 84, P2WPKH},
}

// GenericExport is a wallet file of the Coldcard kind ("generic JSON"), for Sparrow and others: the accounts of a card
// at m/44h, m/49h and m/84h. Accounts elsewhere are an error: the file has no place for them.
func GenericExport(accounts []Account, n Network) ([]byte, error) {
	file := map[string]any{"chain": n.facts().code}
	for _, a := range accounts {
		name, entry, err := a.generic(n)
		if err != nil {
			return nil, err
		}
		if _, twice := file[name]; twice {
			return nil, fmt.Errorf("%w: two accounts for %s", ErrDescriptor, name)
		}
		file[name] = entry
		file["xfp"] = strings.ToUpper(fmt.Sprintf("%x", a.fingerprint))
		file["account"] = a.path[2] &^ hd.Hardened
	}
	if len(accounts) == 0 {
		return nil, fmt.Errorf("%w: there is no account to export", ErrDescriptor)
	}
	return json.MarshalIndent(file, "", "  ")
}

func (a Account) generic(n Network) (string, genericAccount, error) {
	for _, s := range sections {
		if a.xpub == nil || len(a.path) != 3 || a.path[0] != s.purpose|hd.Hardened {
			continue
		}
		d, err := a.Descriptor(s.t, n)
		if err != nil {
			return "", genericAccount{}, err
		}
		first, err := d.Address(0, 0, n)
		fingerprint := a.xpub.Fingerprint()
		return s.name, genericAccount{Name: s.label, Fingerprint: strings.ToUpper(fmt.Sprintf("%x", fingerprint)),
			Path: a.path.String(), XPub: a.xpub.Encode(n.Keys()), Descriptor: d.String(), First: first}, err
	}
	return "", genericAccount{}, fmt.Errorf("%w: an account at %v has no place in this kind of file: "+
		"export its descriptor", ErrDescriptor, a.path)
}
