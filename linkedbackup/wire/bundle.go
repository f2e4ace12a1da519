package wire

import (
	"bytes"
	"slices"
)

const (
	gcmNonceSize = 12
	gcmTagSize   = 16
	contentSize  = PrivateSize + ChainSize + 2 + CodeSize
	encSize      = contentSize + gcmTagSize
	pairSize     = 32
)

// BundleSize is the length in bytes of a bundle for a set of that size: 325 or 358.
func BundleSize(size int) int {
	return 3 + KeySize + pairSize + size*KeySize + SignatureSize + gcmNonceSize + encSize
}

// Bundle carries the key to one backup card (PROTOCOL.md, Bundle).
type Bundle struct {
	Size, Slot byte
	Card       Key // the one it is for
	Pair       [pairSize]byte
	Set        []Key     // all members, sorted
	Sig        Signature // Sign_Attest, role 1
	Nonce      [gcmNonceSize]byte
	Enc        [encSize]byte
}

// PairID names one offer and its answer: H("pair", offer || join).
func PairID(o Offer, j Join) [pairSize]byte { return Hash(namePair, o.Encode(), j.Encode()) }

// Members is the set: the source's card key and those of the joins, sorted.
func Members(source Key, joins []Join) []Key {
	set := []Key{source}
	for _, j := range joins {
		set = append(set, j.Card)
	}
	SortKeys(set)
	return set
}

// SortKeys sorts keys as bytes, the order in which sets are written.
func SortKeys(keys []Key) {
	slices.SortFunc(keys, func(a, b Key) int { return bytes.Compare(a[:], b[:]) })
}

// head is the part that the transcript covers: everything up to the signature, and with it.
func (b Bundle) head() []byte {
	h := append([]byte{Version, b.Size, b.Slot}, b.Card[:]...)
	h = append(append(h, b.Pair[:]...), joinKeys(b.Set)...)
	return append(h, b.Sig[:]...)
}

func joinKeys(keys []Key) (b []byte) {
	for _, k := range keys {
		b = append(b, k[:]...)
	}
	return b
}

// Encode is the form in messages.
func (b Bundle) Encode() []byte { return append(append(b.head(), b.Nonce[:]...), b.Enc[:]...) }

// ParseBundle reads a bundle: ErrLength or ErrVersion. Check says whether it is to be believed.
func ParseBundle(b []byte) (Bundle, error) {
	if len(b) < 2 {
		return Bundle{}, ErrLength
	}
	size := int(b[1])
	if len(b) != BundleSize(MinSize) && len(b) != BundleSize(MaxSize) {
		return Bundle{}, ErrLength
	}
	if b[0] != Version {
		return Bundle{}, ErrVersion
	}
	if len(b) != BundleSize(size) {
		return Bundle{}, ErrCount
	}
	bundle := Bundle{Size: b[1], Slot: b[2]}
	r := reader{b[3:]}
	bundle.Card, bundle.Pair = r.key(), [pairSize]byte(r.take(pairSize))
	for range size {
		bundle.Set = append(bundle.Set, r.key())
	}
	bundle.Sig = r.signature()
	bundle.Nonce, bundle.Enc = [gcmNonceSize]byte(r.take(gcmNonceSize)), [encSize]byte(r.take(encSize))
	return bundle, nil
}

// Check is what a card checks before it opens a bundle: that it is for this card and this run, and that the source
// says so (PROTOCOL.md, What the cards check: IMPORT). o and j are the offer it took and the join it gave.
func (b Bundle) Check(o Offer, j Join) error {
	switch {
	case b.Card != j.Card:
		return ErrOtherCard
	case b.Pair != PairID(o, j):
		return ErrStale
	case b.Size != j.Size:
		return ErrCount
	case b.Slot != j.Slot || !b.setHas(o.Card, j.Card):
		return ErrOrder
	}
	return b.Sig.Verify(o.Card, nameAttest, attested(roleSource, o, j, b.Set)...)
}

// setHas says whether the set is strictly ascending and both keys are in it.
func (b Bundle) setHas(source, backup Key) bool { return SetHas(b.Set, source, backup) }

// SetHas says whether a set is sorted, names no card twice, and has all of members.
func SetHas(set []Key, members ...Key) bool {
	for i := 1; i < len(set); i++ {
		if bytes.Compare(set[i-1][:], set[i][:]) >= 0 {
			return false
		}
	}
	for _, m := range members {
		if !slices.Contains(set, m) {
			return false
		}
	}
	return true
}
