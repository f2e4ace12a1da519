package wire

// A set has MinSize to MaxSize cards, the source included.
const (
	MinSize = 2
	MaxSize = 3
)

// OfferSize is the length of an offer in bytes.
const OfferSize = 4 + KeySize + SignatureSize + 2*KeySize + SignatureSize

// Offer is what a source says to the backup card in one slot (PROTOCOL.md, Offer).
type Offer struct {
	Size, Slot, Flags byte
	Card              Key
	Cert              Signature
	Link              Key
	Wallet            Key
	Sig               Signature
}

// Sign makes the offer the card's own: it fills in flags, card key, certificate and signature.
func (o *Offer) Sign(id Identity, card *KeyPair) {
	o.Flags, o.Card, o.Cert = id.Flags, id.Card, id.Cert
	o.Sig = card.Sign(nameOffer, o.signed()...)
}

func (o *Offer) signed() [][]byte {
	return [][]byte{{Version, o.Size, o.Slot, o.Flags}, o.Card[:], o.Link[:], o.Wallet[:]}
}

// Encode is the 231-byte form.
func (o Offer) Encode() []byte {
	b := make([]byte, 0, OfferSize)
	b = append(append(b, Version, o.Size, o.Slot, o.Flags), o.Card[:]...)
	b = append(append(append(b, o.Cert[:]...), o.Link[:]...), o.Wallet[:]...)
	return append(b, o.Sig[:]...)
}

// ParseOffer reads an offer: ErrLength or ErrVersion. Check says whether it is to be believed.
func ParseOffer(b []byte) (Offer, error) {
	if len(b) != OfferSize {
		return Offer{}, ErrLength
	}
	if b[0] != Version {
		return Offer{}, ErrVersion
	}
	o := Offer{Size: b[1], Slot: b[2], Flags: b[3]}
	r := reader{b[4:]}
	o.Card, o.Cert, o.Link, o.Wallet, o.Sig = r.key(), r.signature(), r.key(), r.key(), r.signature()
	return o, nil
}

// Check is what a card, or a host in its place, checks before it answers (PROTOCOL.md, What the cards check: JOIN).
func (o Offer) Check(self Identity) error {
	if err := checkPlace(o.Size, o.Slot); err != nil {
		return err
	}
	if err := checkPoints(o.Card, o.Link, o.Wallet); err != nil {
		return err
	}
	if err := self.checkPeer(o.Flags, o.Card, o.Cert); err != nil {
		return err
	}
	return o.Sig.Verify(o.Card, nameOffer, o.signed()...)
}

// checkPlace fails with ErrCount for a size that no set has, and with ErrOrder for a slot that no backup card has.
func checkPlace(size, slot byte) error {
	switch {
	case size < MinSize || size > MaxSize:
		return ErrCount
	case slot < 1 || slot >= size:
		return ErrOrder
	}
	return nil
}
