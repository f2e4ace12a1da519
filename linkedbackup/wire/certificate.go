package wire

// FlagSoftware says that a card is made of software; no other flag is defined.
const FlagSoftware = 0x01

// Certify signs a card's key with a maker's (PROTOCOL.md, Cert_Card).
func Certify(maker *KeyPair, card Key, flags byte) Signature {
	return maker.Sign(nameCertificate, []byte{Version, flags}, card[:])
}

// Identity is what a card is: its key, its flags, the maker it believes in, and that maker's certificate.
type Identity struct {
	Flags byte
	Card  Key
	Root  Key
	Cert  Signature
}

// Check fails with ErrPoint when a key is none, and with ErrMaker unless the certificate is by Root. Whether Root can
// be trusted is another question.
func (id Identity) Check() error {
	if err := checkPoints(id.Card, id.Root); err != nil {
		return err
	}
	return id.checkCertificate()
}

func (id Identity) checkCertificate() error {
	err := id.Cert.Verify(id.Root, nameCertificate, []byte{Version, id.Flags}, id.Card[:])
	if err != nil || id.Flags&^FlagSoftware != 0 {
		return ErrMaker
	}
	return nil
}

// Software says whether the certificate is for a card made of software.
func (id Identity) Software() bool { return id.Flags&FlagSoftware != 0 }

// checkPeer checks the card on the other side: another one than this, of the same sort, by the same maker. The points
// were checked before.
func (id Identity) checkPeer(flags byte, card Key, cert Signature) error {
	if card == id.Card {
		return ErrSelf
	}
	if flags != id.Flags {
		return ErrMixed
	}
	return Identity{Flags: flags, Card: card, Root: id.Root, Cert: cert}.checkCertificate()
}
