package btc

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tapcard.example/hd"
)

// Descriptor describes the addresses of a wallet (BIP-380): those of one key, in any of the types with one key, or
// those of a multisig. In the language of descriptors these are
//
//	pkh(KEY)  sh(wpkh(KEY))  wpkh(KEY)
//	sh(sortedmulti(k,KEY,…))  sh(wsh(sortedmulti(k,KEY,…)))  wsh(sortedmulti(k,KEY,…))
//
// and the last three with multi, which leaves the keys in the order given (BIP-381, 382, 383).
type Descriptor struct {
	Type      ScriptType
	Threshold int  // how many must sign; 1 for one key
	Sorted    bool // the keys of each multisig script are sorted
	Keys      []KeyExpression
}

const maxDescriptor = 16 << 10 // characters; 20 keys with long origins take 5,000

// ParseDescriptor reads a descriptor, with its checksum or without; a wrong checksum is an error, as is a descriptor
// of another form than those above, a private key, and a key that only its private key could derive. The error is
// ErrDescriptor with a reason.
func ParseDescriptor(text string) (*Descriptor, error) {
	d, err := parseDescriptor(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDescriptor, err)
	}
	return d, nil
}

func parseDescriptor(text string) (*Descriptor, error) {
	if len(text) > maxDescriptor {
		return nil, fmt.Errorf("%d characters", len(text))
	}
	script, err := stripChecksum(text)
	if err != nil {
		return nil, err
	}
	t, arguments, err := parseWrappers(script)
	if err != nil {
		return nil, err
	}
	d := &Descriptor{Type: t, Threshold: 1}
	if t >= P2SH {
		if arguments, err = d.parseMultisig(arguments); err != nil {
			return nil, err
		}
	}
	for key := range strings.SplitSeq(arguments, ",") {
		expression, err := parseKey(key)
		if err != nil {
			return nil, err
		}
		d.Keys = append(d.Keys, expression)
	}
	return d, d.check()
}

// wrappers are the functions around the keys. One that is a beginning of another comes after it.
var wrappers = []struct {
	text string
	t    ScriptType
}{
	{"sh(wpkh(", P2SHP2WPKH}, {"sh(wsh(", P2SHP2WSH}, {"sh(", P2SH}, {"wpkh(", P2WPKH}, {"wsh(", P2WSH}, {"pkh(", P2PKH},
}

func parseWrappers(script string) (ScriptType, string, error) {
	for _, w := range wrappers {
		inside, ok := strings.CutPrefix(script, w.text)
		if !ok {
			continue
		}
		inside, ok = strings.CutSuffix(inside, strings.Repeat(")", strings.Count(w.text, "(")))
		if !ok {
			return 0, "", fmt.Errorf("its brackets do not match")
		}
		return w.t, inside, nil
	}
	name, _, _ := strings.Cut(script, "(")
	return 0, "", fmt.Errorf("%q is not a kind of wallet that cards can sign for", name[:min(20, len(name))])
}

// parseMultisig reads what is inside the wrappers of a multisig, and gives the keys.
func (d *Descriptor) parseMultisig(inside string) (keys string, err error) {
	inside, closed := strings.CutSuffix(inside, ")")
	arguments, sorted := strings.CutPrefix(inside, "sortedmulti(")
	if !sorted {
		var plain bool
		if arguments, plain = strings.CutPrefix(inside, "multi("); !plain {
			closed = false
		}
	}
	threshold, keys, found := strings.Cut(arguments, ",")
	if !closed || !found {
		return "", fmt.Errorf("%v can hold sortedmulti(k,KEY,…) or multi(k,KEY,…) here, nothing else", d.Type)
	}
	d.Sorted = sorted
	d.Threshold, err = strconv.Atoi(threshold)
	if err != nil || strconv.Itoa(d.Threshold) != threshold {
		return "", fmt.Errorf("%q is not a number of signatures", threshold[:min(20, len(threshold))])
	}
	return keys, nil
}

// check holds the keys against each other and against the limits of scripts (BIP-383, BIP-389).
func (d *Descriptor) check() error {
	limit := maxKeys
	switch d.Type {
	case P2PKH, P2SHP2WPKH, P2WPKH:
		limit = 1
	case P2SH:
		limit = 15 // a redeem script has at most 520 bytes
	}
	if len(d.Keys) > limit {
		return fmt.Errorf("%d keys, %v holds %d", len(d.Keys), d.Type, limit)
	}
	if d.Threshold < 1 || d.Threshold > len(d.Keys) {
		return fmt.Errorf("%d signatures of %d keys", d.Threshold, len(d.Keys))
	}
	for _, k := range d.Keys {
		if n := len(k.Branches); n != 0 && n != d.Branches() {
			return fmt.Errorf("<…> with %d numbers and with %d", d.Branches(), n)
		}
		if k.XPub != nil && k.Network != d.firstNetwork(k) {
			return fmt.Errorf("keys of different networks")
		}
	}
	return nil
}

// firstNetwork is the network of the first extended key; that of k itself if k is the only one.
func (d *Descriptor) firstNetwork(k KeyExpression) hd.Network {
	for _, other := range d.Keys {
		if other.XPub != nil {
			return other.Network
		}
	}
	return k.Network
}

// Branches is how many chains of addresses there are: 2 for <0;1>, receiving and change, and 1 without such a thing
// (BIP-389).
func (d *Descriptor) Branches() int {
	for _, k := range d.Keys {
		if len(k.Branches) > 0 {
			return len(k.Branches)
		}
	}
	return 1
}

// Ranged says whether there is an address for every index, and not just one.
func (d *Descriptor) Ranged() bool {
	return slices.ContainsFunc(d.Keys, func(k KeyExpression) bool { return k.Wildcard })
}

// Branch is the descriptor of one chain of addresses, counted from 0: with <0;1>, 0 receives and 1 is for change.
func (d *Descriptor) Branch(branch int) (*Descriptor, error) {
	if branch < 0 || branch >= d.Branches() {
		return nil, fmt.Errorf("%w: it has %d branches, there is no number %d", ErrDescriptor, d.Branches(), branch)
	}
	one := *d
	one.Keys = slices.Clone(d.Keys)
	for i, k := range one.Keys {
		if len(k.Branches) > 0 {
			one.Keys[i].Steps = slices.Concat(k.Steps, k.Branches[branch:branch+1], k.After)
			one.Keys[i].Branches, one.Keys[i].After = nil, nil
		}
	}
	return &one, nil
}

// Script is the script at an index of a branch. The index is below 2³¹, and 0 unless the descriptor is Ranged.
func (d *Descriptor) Script(branch int, index uint32) (Script, error) {
	one, err := d.Branch(branch)
	if err != nil {
		return Script{}, err
	}
	if index > 0 && !d.Ranged() {
		return Script{}, fmt.Errorf("%w: it has one address only", ErrDescriptor)
	}
	keys := make([][]byte, len(one.Keys))
	for i, k := range one.Keys {
		public, err := k.derive(index)
		if err != nil {
			return Script{}, fmt.Errorf("%w: %w", ErrDescriptor, err)
		}
		keys[i] = public[:]
	}
	if d.Type < P2SH {
		return KeyScript(d.Type, [33]byte(keys[0]))
	}
	if d.Sorted {
		slices.SortFunc(keys, bytes.Compare)
	}
	return multisigScript(d.Type, d.Threshold, keys)
}

// Address is the address at an index of a branch.
func (d *Descriptor) Address(branch int, index uint32, n Network) (string, error) {
	script, err := d.Script(branch, index)
	if err != nil {
		return "", err
	}
	text, _ := AddressOf(script.Output, n)
	return text, nil
}

// String is the descriptor with its checksum. Hardened steps are marked with h.
func (d *Descriptor) String() string {
	keys := make([]string, len(d.Keys))
	for i, k := range d.Keys {
		keys[i] = k.String()
	}
	inside := strings.Join(keys, ",")
	if d.Type >= P2SH {
		name := "multi"
		if d.Sorted {
			name = "sortedmulti"
		}
		inside = fmt.Sprintf("%s(%d,%s)", name, d.Threshold, inside)
	}
	for _, w := range wrappers {
		if w.t == d.Type {
			inside = w.text + inside + strings.Repeat(")", strings.Count(w.text, "("))
			break
		}
	}
	return inside + "#" + checksum(inside)
}
