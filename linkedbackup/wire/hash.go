package wire

import "crypto/sha256"

// tagPrefix starts every tag; the version is part of it.
const tagPrefix = "tapcard linked backup 1: "

// Names of hashes, signatures and derived keys (PROTOCOL.md, Hashes and signatures). No two uses share one.
const (
	nameCertificate = "Cert_Card"
	nameOffer       = "Sign_Offer"
	nameAttest      = "Sign_Attest"
	nameState       = "Sign_State"
	nameWallet      = "Sign_Wallet"
	namePair        = "pair"
	nameTranscript  = "transcript"
	nameTransport   = "K_trans"
	nameENC         = "ENC"
	nameChannel     = "channel"
	nameChannelKeys = "channel keys"
	nameIdent       = "ident"
)

func tag(name string) string { return tagPrefix + name }

// Hash is H(name, parts joined): SHA-256 of the length of the tag, the tag, and the parts.
func Hash(name string, parts ...[]byte) (sum [32]byte) {
	t := tag(name)
	h := sha256.New()
	h.Write([]byte{byte(len(t))})
	h.Write([]byte(t))
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}
