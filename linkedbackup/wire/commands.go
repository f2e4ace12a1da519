package wire

import (
	"time"

	"tapcard.example/iso7816"
	"tapcard.example/secret"
)

// The commands (PROTOCOL.md, Commands).
const (
	InsOpen        = 0x10
	InsPersonalize = 0x12
	InsVerify      = 0x20
	InsChange      = 0x22
	InsWait        = 0x24
	InsActivate    = 0x30
	InsDerive      = 0x32
	InsSign        = 0x34
	InsBegin       = 0x40
	InsJoin        = 0x42
	InsCommit      = 0x44
	InsBundle      = 0x46
	InsImport      = 0x48
	InsAbort       = 0x4A
	InsAttest      = 0x50
	InsReset       = 0x52
)

// bare is a command as it is before the channel wraps it.
func bare(ins, p1 byte, data []byte) iso7816.Command {
	return iso7816.Command{CLA: ClassBare, INS: ins, P1: p1, Data: data, Ne: MaxMessage}
}

// PersonalizeCommand gives a blank card its maker and its certificate.
func PersonalizeCommand(id Identity) iso7816.Command {
	data := append([]byte{Version, id.Flags}, id.Root[:]...)
	return bare(InsPersonalize, 0, append(data, id.Cert[:]...))
}

// ParsePersonalize is the card's side; card is its own key. It checks form and version, not the certificate.
func ParsePersonalize(b []byte, card Key) (Identity, error) {
	if len(b) != 2+KeySize+SignatureSize {
		return Identity{}, ErrLength
	}
	if b[0] != Version {
		return Identity{}, ErrVersion
	}
	r := reader{b[2:]}
	return Identity{Flags: b[1], Card: card, Root: r.key(), Cert: r.signature()}, nil
}

// VerifyCommand shows the access code.
func VerifyCommand(code secret.Bytes) iso7816.Command {
	return bare(InsVerify, 0, appendCode(nil, code))
}

// ResetCommand destroys the key and everything that goes with it.
func ResetCommand(code secret.Bytes) iso7816.Command { return bare(InsReset, 0, appendCode(nil, code)) }

// ParseCode is the card's side of VERIFY CODE and RESET: ErrLength, ErrCode.
func ParseCode(b []byte) (secret.Bytes, error) {
	if len(b) != CodeSize {
		return secret.Bytes{}, ErrLength
	}
	return parseCode(b)
}

// ChangeCommand replaces the access code.
func ChangeCommand(old, next secret.Bytes) iso7816.Command {
	return bare(InsChange, 0, appendCode(appendCode(nil, old), next))
}

// ParseChange is the card's side: ErrLength, ErrCode.
func ParseChange(b []byte) (old, next secret.Bytes, err error) {
	if len(b) != 2*CodeSize {
		return old, next, ErrLength
	}
	if next, err = parseCode(b[CodeSize:]); err == nil {
		old, err = parseCode(b[:CodeSize])
	}
	return old, next, err
}

// WaitCommand asks how long the card still compares no code, and has it store what it has waited.
func WaitCommand() iso7816.Command { return bare(InsWait, 0, nil) }

// AppendWait adds the answer to WAIT: whole seconds, rounded up, 2 bytes. Refusals of a code carry it too.
func AppendWait(dst []byte, d time.Duration) []byte { return appendWait(dst, d) }

// ParseWait reads the seconds: ErrLength.
func ParseWait(b []byte) (time.Duration, error) {
	if len(b) != 2 {
		return 0, ErrLength
	}
	return parseWait(b), nil
}

// SeedSize is the length of a BIP-39 seed in bytes, and of the random seed of a key the card makes.
const SeedSize = 64

// ActivateCommand has the card make a key (Generated), or import a seed of 64 bytes (Imported), under an access code.
func ActivateCommand(mode Origin, code, seed secret.Bytes) iso7816.Command {
	data := make([]byte, 1, 1+CodeSize+SeedSize)
	data[0] = byte(mode)
	data = append(appendCode(data, code), make([]byte, SeedSize)...)
	seed.Reveal(func(b []byte) { copy(data[1+CodeSize:], b) })
	return bare(InsActivate, 0, data)
}

// ParseActivate is the card's side: ErrLength, ErrFormat, ErrCode, ErrSeed. seed is empty for Generated.
func ParseActivate(b []byte) (mode Origin, code, seed secret.Bytes, err error) {
	if len(b) != 1+CodeSize+SeedSize {
		return 0, code, seed, ErrLength
	}
	raw := b[1+CodeSize:]
	switch mode = Origin(b[0]); {
	case mode != Generated && mode != Imported:
		return 0, code, seed, ErrFormat
	case (mode == Generated) != zero(raw):
		return 0, code, seed, ErrSeed
	case mode == Imported:
		seed = secret.Copy(raw)
	}
	code, err = parseCode(b[1 : 1+CodeSize])
	return mode, code, seed, err
}

// BeginCommand starts a backup to a set of that size.
func BeginCommand(size byte) iso7816.Command { return bare(InsBegin, size, nil) }

// JoinCommand brings an offer to an empty card.
func JoinCommand(o Offer) iso7816.Command { return bare(InsJoin, 0, o.Encode()) }

// CommitCommand brings all the joins to the source.
func CommitCommand(joins []Join) iso7816.Command {
	var data []byte
	for _, j := range joins {
		data = append(data, j.Encode()...)
	}
	return bare(InsCommit, 0, data)
}

// BundleCommand reads the bundle for a slot again.
func BundleCommand(slot byte) iso7816.Command { return bare(InsBundle, slot, nil) }

// ImportCommand brings a bundle to the card it is for.
func ImportCommand(b Bundle) iso7816.Command { return bare(InsImport, 0, b.Encode()) }

// AbortCommand ends the run that is open on a card.
func AbortCommand() iso7816.Command { return bare(InsAbort, 0, nil) }

// AttestCommand asks a card about itself and its set.
func AttestCommand(nonce [NonceSize]byte) iso7816.Command { return bare(InsAttest, 0, nonce[:]) }

// ParseNonce is the card's side: ErrLength, and ErrNonce for zeros.
func ParseNonce(b []byte) ([NonceSize]byte, error) {
	if len(b) != NonceSize {
		return [NonceSize]byte{}, ErrLength
	}
	if zero(b) {
		return [NonceSize]byte{}, ErrNonce
	}
	return [NonceSize]byte(b), nil
}

// ParseOffers splits the answer to BEGIN: n offers, else ErrLength.
func ParseOffers(b []byte, n int) ([]Offer, error) {
	if n < 1 || len(b) != n*OfferSize {
		return nil, ErrLength
	}
	offers := make([]Offer, 0, n)
	for ; len(b) > 0; b = b[OfferSize:] {
		o, err := ParseOffer(b[:OfferSize])
		if err != nil {
			return nil, err
		}
		offers = append(offers, o)
	}
	return offers, nil
}

// ParseBundles splits the answer to COMMIT for a set of that size: one bundle for each backup card, else ErrLength.
func ParseBundles(b []byte, size int) ([]Bundle, error) {
	each := BundleSize(size)
	if size < MinSize || size > MaxSize || len(b) != (size-1)*each {
		return nil, ErrLength
	}
	bundles := make([]Bundle, 0, size-1)
	for ; len(b) > 0; b = b[each:] {
		bundle, err := ParseBundle(b[:each])
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, bundle)
	}
	return bundles, nil
}
