package wire

import "crypto/sha256"

// prefix begins everything that a card signs besides transactions (Tap protocol, read).
const prefix = "OPENDIME"

// ReadDigest is what the slot's key signs in answer to read: prefix, both nonces, and the slot's number, 0 on a
// TAPSIGNER, whose derived key signs (Tap protocol, read). card is the card's nonce before the command.
func ReadDigest(card Nonce, host []byte, slot int) [32]byte {
	return digest(card, host, []byte{byte(slot)})
}

// DeriveDigest is what is signed in answer to derive: prefix, both nonces and a chain code. On a SATSCARD the slot's
// master key signs its chain code (Tap protocol, derive). A TAPSIGNER's master key signs the master chain code, which
// the answer does not contain (the maker in coinkite-tap-proto#56; the document says otherwise): so this signature does
// not vouch for the derived key and chain code beside it.
func DeriveDigest(card Nonce, host []byte, chainCode Bytes32) [32]byte {
	return digest(card, host, chainCode[:])
}

// CheckDigest is what the card's own key signs in answer to check: prefix, both nonces and, where CheckCoversSlot says
// so, the public key of the current slot (Tap protocol, certs); nil leaves it out.
func CheckDigest(card Nonce, host []byte, slot *PublicKey) [32]byte {
	if slot == nil {
		return digest(card, host, nil)
	}
	return digest(card, host, slot[:])
}

// CheckCoversSlot says whether the answer to check also vouches for the current slot's key: on a SATSCARD from 1.0.0 on
// while that slot is sealed (Tap protocol, certs).
func CheckCoversSlot(p Product, v Version, sealed bool) bool {
	return p == Satscard && !v.Before(V1_0_0) && sealed
}

func digest(card Nonce, host, rest []byte) [32]byte {
	b := append(append([]byte(prefix), card[:]...), host...)
	return sha256.Sum256(append(b, rest...))
}
