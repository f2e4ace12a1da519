package btc

import (
	"bytes"
	"fmt"

	"github.com/btcsuite/btcd/psbt/v2"

	"tapcard.example/hd"
)

// Account is keys on a card: those below one path, or a single one.
//
// An account decides what counts as change, so its xpub must be known to be the card's, and not just be said to be:
// read from the card over a channel that nobody in between can change, or proven by signatures of its children. A wrong
// one could not make the card sign anything that the coins' scripts do not hold.
type Account struct {
	fingerprint [4]byte
	path        hd.Path
	xpub        *hd.XPub
	single      [65]byte
}

// NewAccount is the keys below path on a card. fingerprint is that of the card's master key, by which PSBTs name it,
// and xpub the extended key at path; a card signs at path and everything that is not hardened below.
func NewAccount(fingerprint [4]byte, path hd.Path, xpub *hd.XPub) Account {
	return Account{fingerprint: fingerprint, path: append(hd.Path(nil), path...), xpub: xpub}
}

// SingleKey is a key without others around it, an unsealed SATSCARD slot, say. path is where the card signs with it:
// empty on a card that has no other. PSBTs need not name it: a script that holds it will do.
func SingleKey(public [65]byte, path hd.Path) Account {
	return Account{single: public, path: append(hd.Path(nil), path...)}
}

// Descriptor describes the addresses of the account in one of the types with one key: with <0;1>/* below an xpub.
func (a Account) Descriptor(t ScriptType, n Network) (*Descriptor, error) {
	k := KeyExpression{Public: compress(a.single)}
	if a.xpub != nil {
		k = KeyExpression{Origin: &KeyOrigin{a.fingerprint, a.path}, XPub: a.xpub, Network: n.Keys(),
			Branches: hd.Path{0, 1}, Wildcard: true}
	}
	d := &Descriptor{Type: t, Threshold: 1, Keys: []KeyExpression{k}}
	if t >= P2SH {
		return nil, fmt.Errorf("%w: %v has more than one key", ErrDescriptor, t)
	}
	return d, nil
}

// Wallet is what belongs to the owner of a card: the accounts whose inputs the card signs, and the descriptors of the
// wallets they are part of. What pays to one of the accounts, or to one of the descriptors, is change. A multisig
// wallet needs its descriptor here: without it nobody knows that the other keys of its change are not a thief's.
type Wallet struct {
	Accounts    []Account
	Descriptors []*Descriptor
}

// maxBelow is how many steps below an account are followed. Wallets take two.
const maxBelow = 8

// ownKey is a key of the wallet and where it is.
type ownKey struct {
	path   hd.Path // on the card
	below  hd.Path // below the account
	public [65]byte
	single bool
}

func (k ownKey) compressed() [33]byte { return compress(k.public) }

// compress gives 02 or 03, x of 04, x, y.
func compress(public [65]byte) [33]byte {
	var c [33]byte
	c[0] = 2 | public[64]&1
	copy(c[1:], public[1:33])
	return c
}

// keys finds the wallet's keys among those that a PSBT names. A name that is not right is ErrKey: the path is below an
// account of this card, and the key there is another one.
func (w Wallet) keys(named []*psbt.Bip32Derivation) ([]ownKey, error) {
	var found []ownKey
	for _, a := range w.Accounts {
		if a.xpub == nil {
			found = append(found, ownKey{path: a.path, public: a.single, single: true})
			continue
		}
		for _, d := range named {
			below, ok := a.below(d)
			if !ok {
				continue
			}
			key, err := a.xpub.Derive(below)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrKey, err)
			}
			k := ownKey{path: append(append(hd.Path(nil), a.path...), below...), below: below, public: key.PublicKey()}
			if c := k.compressed(); !bytes.Equal(c[:], d.PubKey) {
				return nil, fmt.Errorf("%w: %x… at %v, where this card has %x…", ErrKey, d.PubKey[:8], k.path, c[:8])
			}
			found = append(found, k)
		}
	}
	return found, nil
}

// below is the way from the account to a key that a PSBT names, if the key is named as one of the account's: by path
// from the master key, or from the account itself, as wallets do that were never told about the master key.
func (a Account) below(d *psbt.Bip32Derivation) (hd.Path, bool) {
	named := psbtFingerprint(d.MasterKeyFingerprint)
	path := hd.Path(d.Bip32Path)
	if named == a.xpub.Fingerprint() && len(path) <= maxBelow && !hardened(path) {
		return path, true
	}
	below, ok := cutPath(path, a.path)
	return below, ok && named == a.fingerprint && len(below) <= maxBelow && !hardened(below)
}

// psbtFingerprint turns the number that btcd's psbt makes of a fingerprint back into its 4 bytes.
func psbtFingerprint(n uint32) [4]byte { return [4]byte(littleEndian(n)) }

func hardened(p hd.Path) bool {
	for _, i := range p {
		if i >= hd.Hardened {
			return true
		}
	}
	return false
}

// Address is the account's address of one of the types with one key; below is the way from the account to its key,
// receiving addresses being {0, index}, and empty for a single key.
func (a Account) Address(t ScriptType, below hd.Path, n Network) (string, error) {
	k, err := a.key(below)
	if err != nil {
		return "", err
	}
	return KeyAddress(t, k.compressed(), n)
}
