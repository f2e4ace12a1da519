package btc

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/psbt/v2"

	"tapcard.example/hd"
)

// farIndex is from where on a wallet that scans its addresses for coins would hardly look. Money sent there as change
// is not lost, but whoever put it there may be the only one who knows.
const farIndex = 100_000

// belonging says how an output belongs to the wallet.
type belonging struct {
	path   hd.Path // of the key; below the descriptor's keys for a multisig
	change bool    // and not an address that was given to somebody to pay to
	odd    string  // why the owner should look twice, or empty
}

// recognise makes the scripts that the wallet would have where a PSBT says that it has one, and compares. types are
// those of the coins being spent: money that returns to another kind of address goes where the owner does not look.
func (w Wallet) recognise(script []byte, named psbt.POutput, types []ScriptType) (belonging, bool, error) {
	keys, err := w.keys(named.Bip32Derivation)
	if err != nil {
		return belonging{}, false, err
	}
	for _, k := range keys {
		for _, t := range []ScriptType{P2PKH, P2SHP2WPKH, P2WPKH} {
			own, err := KeyScript(t, k.compressed())
			if err != nil || !bytes.Equal(own.Output, script) {
				continue
			}
			b := k.belonging()
			if !slices.Contains(types, t) {
				b.odd = fmt.Sprintf("at an address of kind %v, which the coins that are spent are not", t)
			}
			return b, true, nil
		}
	}
	for _, d := range w.Descriptors {
		if b, ok := d.recognise(script, named.Bip32Derivation); ok {
			return b, true, nil
		}
	}
	return belonging{}, false, nil
}

// belonging tells the usual places of change and receiving addresses from others (BIP-44): account/branch/index.
func (k ownKey) belonging() belonging {
	b := belonging{path: k.path, change: k.single}
	switch {
	case k.single || len(k.below) == 0:
		b.change = true
	case len(k.below) != 2 || k.below[0] > 1:
		b.odd = "at a path where wallets do not look"
	default:
		b.change = k.below[0] == 1
		b.odd = oddIndex(k.below[1])
	}
	return b
}

func oddIndex(index uint32) string {
	if index < farIndex {
		return ""
	}
	return fmt.Sprintf("at address number %d, where wallets do not look", index)
}

// recognise looks for the script at the branch and index that the named keys point to. They all point to the same, or
// there is something wrong: the first few must do.
func (d *Descriptor) recognise(script []byte, named []*psbt.Bip32Derivation) (belonging, bool) {
	for _, name := range named[:min(len(named), maxKeys)] {
		for _, k := range d.Keys {
			branch, index, ok := k.locate(name)
			if !ok {
				continue
			}
			own, err := d.Script(branch, index)
			if err == nil && bytes.Equal(own.Output, script) {
				b := belonging{path: hd.Path{uint32(branch), index}, change: branch == 1 || d.Branches() == 1}
				b.odd = oddIndex(index)
				return b, true
			}
		}
	}
	return belonging{}, false
}

// locate is the branch and index at which an expression would have the named key. Whether it has is for the script to
// say.
func (k KeyExpression) locate(name *psbt.Bip32Derivation) (branch int, index uint32, ok bool) {
	if k.Origin == nil || k.XPub == nil || psbtFingerprint(name.MasterKeyFingerprint) != k.Origin.Fingerprint {
		return 0, 0, false
	}
	for branch := range max(1, len(k.Branches)) {
		want := slices.Concat(k.Origin.Path, k.Steps)
		if len(k.Branches) > 0 {
			want = slices.Concat(want, k.Branches[branch:branch+1], k.After)
		}
		rest, ok := cutPath(name.Bip32Path, want)
		switch {
		case ok && !k.Wildcard && len(rest) == 0:
			return branch, 0, true
		case ok && k.Wildcard && len(rest) == 1 && rest[0] < hd.Hardened:
			return branch, rest[0], true
		}
	}
	return 0, 0, false
}

func cutPath(path, prefix hd.Path) (rest hd.Path, ok bool) {
	if len(path) < len(prefix) || !slices.Equal(path[:len(prefix)], prefix) {
		return nil, false
	}
	return path[len(prefix):], true
}
