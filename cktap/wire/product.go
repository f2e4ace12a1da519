package wire

// Product is one of the three cards.
type Product int

// The products. SATSCHIP is a TAPSIGNER without backup that leaves the factory with the CVC 123456.
const (
	Satscard  Product = iota // a bearer card: up to ten slots, each a key that is sealed until it is spent
	Tapsigner                // a signing card: one key, kept behind the CVC
	Satschip
)

// String is the name as the maker writes it.
func (p Product) String() string {
	if p < Satscard || p > Satschip {
		return "unknown product"
	}
	return [...]string{"SATSCARD", "TAPSIGNER", "SATSCHIP"}[p]
}

// Signer says whether the product works like a TAPSIGNER.
func (p Product) Signer() bool { return p == Tapsigner || p == Satschip }

// SatschipCVC is the CVC of every new SATSCHIP (Tap protocol, "SATSCHIP Differences").
const SatschipCVC = "123456"
