package applet

import (
	"tapcard.example/hd"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// Options say which card to make. The zero value of every field but Env is useful.
type Options struct {
	// Profile is the version; the zero value is V2_3.
	Profile Profile
	// Quirks opens the security holes that the original had in that version; see the type Quirks.
	Quirks bool
	// Env is the card's memory and random source.
	Env softcard.Env
	// ChannelKeys, when set, gives the key pairs of the secure channel one after the other: the first when the card is
	// made, the next at INIT and at each rotation. It is for playing recordings again: such a card is not kept in a
	// file. The default draws them from Env.Rand and stores them.
	ChannelKeys func() (wire.ChannelKey, error)
	// HMAC512 replaces HMAC-SHA512 in the derivation of children, so that a test can meet an invalid one (6984).
	HMAC512 hd.HMAC512
	// Identity is what IDENT shows (from 3.1 on); without one it answers 6985, as a card without certificate does.
	Identity *Identity
	// Observe, when set, is called after every command with the command and the answer as the applet itself sees them:
	// the plaintext when wrapped is true, with the status word that was encrypted. They carry secrets.
	Observe func(c iso7816.Command, r iso7816.Response, wrapped bool)
}

// Identity proves who made a card: a key, and a certificate by the maker's authority for it (Keycard 3.1, IDENT).
type Identity struct {
	// Private is the card's identification key, 32 bytes from 1 to n-1.
	Private [32]byte
	// Certificate is 98 bytes: the compressed public key (33), and the authority's signature of its SHA-256 as r, s
	// (32 each) and recovery id.
	Certificate [wire.CertificateSize]byte
}
