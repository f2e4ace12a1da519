package wire

import (
	"crypto/pbkdf2"
	"crypto/sha256"

	"golang.org/x/text/unicode/norm"

	"tapcard.example/secret"
)

// The pairing token is PBKDF2-HMAC-SHA256 of the pairing password, with a salt that is the same for all cards. The
// number of iterations belongs to the host: the card only ever sees the token.
const (
	pairingSalt       = "Keycard Pairing Password Salt"
	pairingIterations = 50_000
	PairingTokenSize  = 32
)

// PairingToken turns a pairing password into the 32-byte token that INIT stores, from the bytes as they are. It takes
// some 10 ms on purpose. Clients differ for passwords beyond ASCII: see [PairingTokenNFKD].
func PairingToken(password []byte) secret.Bytes {
	token, err := pbkdf2.Key(sha256.New, string(password), []byte(pairingSalt), pairingIterations, PairingTokenSize)
	if err != nil {
		panic("wire: PBKDF2 refuses constants: " + err.Error())
	}
	return secret.New(token)
}

// PairingTokenNFKD is PairingToken of the password in Unicode's compatibility decomposition (NFKD), as the Go and
// Python clients make it; the Java and Rust clients leave the password alone. The two differ only beyond ASCII.
func PairingTokenNFKD(password []byte) secret.Bytes {
	normal := norm.NFKD.Bytes(password)
	defer clear(normal)
	return PairingToken(normal)
}

// PairingCryptogram proves knowledge of the token in PAIR: SHA-256(token || challenge), token first, whatever the
// seed's prose says. The card answers the client's challenge with it, and the client the card's.
func PairingCryptogram(token, challenge []byte) [32]byte { return hash2(token, challenge) }

// PairingKey is what both sides keep of a pairing: SHA-256(token || salt), with the card's salt of PAIR's last answer.
func PairingKey(token, salt []byte) secret.Bytes {
	key := hash2(token, salt)
	return secret.New(key[:])
}

func hash2(a, b []byte) [32]byte {
	h := sha256.New()
	h.Write(a)
	h.Write(b)
	return [32]byte(h.Sum(nil))
}
