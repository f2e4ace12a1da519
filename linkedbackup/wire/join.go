package wire

// JoinSize is the length of a join in bytes.
const JoinSize = 4 + KeySize + SignatureSize + KeySize + SignatureSize

// Join is a backup card's answer to an offer (PROTOCOL.md, Join).
type Join struct {
	Size, Slot, Flags byte
	Card              Key
	Cert              Signature
	Link              Key
	Sig               Signature // Sign_Attest, role 2
}

// The roles in Sign_Attest.
const (
	roleSource = 1
	roleBackup = 2
)

// NewJoin answers an offer that was checked: a new link key, attested by the card.
func NewJoin(o Offer, id Identity, card *KeyPair, link Key) Join {
	j := Join{Size: o.Size, Slot: o.Slot, Flags: id.Flags, Card: id.Card, Cert: id.Cert, Link: link}
	j.Sig = card.Sign(nameAttest, attested(roleBackup, o, j, nil)...)
	return j
}

// attested is what Sign_Attest signs. The source's fields come from its offer, the backup card's from its join.
func attested(role byte, o Offer, j Join, set []Key) [][]byte {
	parts := [][]byte{{Version, role, j.Size, j.Slot}, o.Wallet[:], o.Card[:], o.Link[:], j.Card[:], j.Link[:]}
	for _, k := range set {
		parts = append(parts, k[:])
	}
	return parts
}

// Encode is the 198-byte form.
func (j Join) Encode() []byte {
	b := make([]byte, 0, JoinSize)
	b = append(append(b, Version, j.Size, j.Slot, j.Flags), j.Card[:]...)
	b = append(append(b, j.Cert[:]...), j.Link[:]...)
	return append(b, j.Sig[:]...)
}

// ParseJoin reads a join: ErrLength or ErrVersion. Check says whether it is to be believed.
func ParseJoin(b []byte) (Join, error) {
	if len(b) != JoinSize {
		return Join{}, ErrLength
	}
	if b[0] != Version {
		return Join{}, ErrVersion
	}
	j := Join{Size: b[1], Slot: b[2], Flags: b[3]}
	r := reader{b[4:]}
	j.Card, j.Cert, j.Link, j.Sig = r.key(), r.signature(), r.key(), r.signature()
	return j, nil
}

// CheckJoins is what the source checks of all members together, before it decides anything: joins has one for each of
// its offers, in the order of slots (PROTOCOL.md, What the cards check: COMMIT).
func CheckJoins(self Identity, offers []Offer, joins []Join) error {
	if len(joins) != len(offers) {
		return ErrCount
	}
	seen := map[Key]bool{}
	for i, j := range joins {
		switch o := offers[i]; {
		case j.Size != o.Size:
			return ErrCount
		case j.Slot != o.Slot:
			return ErrOrder
		}
		if err := checkPoints(j.Card, j.Link); err != nil {
			return err
		}
		if seen[j.Card] {
			return ErrTwice
		}
		seen[j.Card] = true
		if err := self.checkPeer(j.Flags, j.Card, j.Cert); err != nil {
			return err
		}
		if err := j.Sig.Verify(j.Card, nameAttest, attested(roleBackup, offers[i], j, nil)...); err != nil {
			return err
		}
	}
	return nil
}

// ParseJoins splits the data of COMMIT, n joins: ErrCount when it is not that many.
func ParseJoins(b []byte, n int) ([]Join, error) {
	if n < 1 || len(b) != n*JoinSize {
		return nil, ErrCount
	}
	joins := make([]Join, 0, n)
	for ; len(b) > 0; b = b[JoinSize:] {
		j, err := ParseJoin(b[:JoinSize])
		if err != nil {
			return nil, err
		}
		joins = append(joins, j)
	}
	return joins, nil
}
