package wire

// Attestation is what a card says of itself and its set, signed over a fresh nonce, to anybody who asks (PROTOCOL.md,
// Attestation).
type Attestation struct {
	State      State
	Flags      byte
	Size, Slot byte // Size is 0 without key, 1 without backup
	Origin     Origin
	Wallet     Key   // zero without key
	Set        []Key // all members, sorted
	Sig        Signature
}

const (
	attestationHead = 6 + KeySize
	maxAttestation  = attestationHead + MaxSize*KeySize + SignatureSize
)

func (a Attestation) body() []byte {
	b := []byte{Version, byte(a.State), a.Flags, a.Size, a.Slot, byte(a.Origin)}
	return append(append(b, a.Wallet[:]...), joinKeys(a.Set)...)
}

// Sign makes it the card's own, over the host's nonce.
func (a *Attestation) Sign(card *KeyPair, nonce [NonceSize]byte) {
	a.Sig = card.Sign(nameState, nonce[:], card.Public[:], a.body())
}

// Encode is the form in messages, 103 to 202 bytes.
func (a Attestation) Encode() []byte { return append(a.body(), a.Sig[:]...) }

// ParseAttestation reads the answer to ATTEST: ErrLength, ErrVersion, or ErrFormat when size, set and state cannot be
// together.
func ParseAttestation(b []byte) (Attestation, error) {
	if len(b) < attestationHead+SignatureSize || len(b) > maxAttestation {
		return Attestation{}, ErrLength
	}
	if b[0] != Version {
		return Attestation{}, ErrVersion
	}
	a := Attestation{State: State(b[1]), Flags: b[2], Size: b[3], Slot: b[4], Origin: Origin(b[5])}
	if len(b) != attestationHead+int(a.Size)*KeySize+SignatureSize {
		return Attestation{}, ErrLength
	}
	r := reader{b[6:]}
	a.Wallet = r.key()
	for range a.Size {
		a.Set = append(a.Set, r.key())
	}
	a.Sig = r.signature()
	if !a.plausible() {
		return Attestation{}, ErrFormat
	}
	return a, nil
}

// plausible says whether the parts agree with each other, as they do on every card that keeps to the protocol.
func (a Attestation) plausible() bool {
	size := map[bool]byte{false: 0, true: 1}[a.State.HasKey()]
	if a.State.Linked() {
		return a.Size >= MinSize && SetHas(a.Set) && a.Origin >= Generated && a.Origin <= Imported &&
			(a.State == Source) == (a.Slot == 0) && a.Slot < a.Size
	}
	return a.State <= Backup && a.Size == size && a.Slot == 0 && (size == 1) == (a.Origin != NoOrigin) &&
		a.Origin <= Imported && (size == 0) == (a.Wallet == Key{})
}

// Verify checks that the card with that key signed this attestation over nonce, and is a member of the set it names:
// ErrSignature or ErrOrder.
func (a Attestation) Verify(card Key, nonce [NonceSize]byte) error {
	if err := a.Sig.Verify(card, nameState, nonce[:], card[:], a.body()); err != nil {
		return err
	}
	if a.Size > 0 && !SetHas(a.Set, card) {
		return ErrOrder
	}
	return nil
}
