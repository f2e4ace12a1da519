package applet

import "tapcard.example/keycard/wire"

// Quirks are the security holes of the original applet, each in the versions that had it. All are closed unless
// Options.Quirks asks for them, for tests of how a client fares with the real card.
type Quirks struct {
	// InheritPIN lets a second client that opens a channel without SELECT inherit the PIN the first one verified
	// (Keycard 2.0 to 3.1.2, OPEN SECURE CHANNEL).
	InheritPIN bool
	// DropChainCode takes the tags 81, 80, 82 and silently forgets the chain code (Keycard 2.0 to 3.1.2, LOAD KEY).
	DropChainCode bool
	// UncheckedPublicKey believes the public key that comes with a private key, so that the key UID can name another
	// key (Keycard 2.0 to 3.1.2, LOAD KEY).
	UncheckedPublicKey bool
	// PublicKeyInSign makes SIGN and EXPORT KEY repeat that public key (Keycard up to 3.0, SIGN).
	PublicKeyInSign bool
	// DeriveAnyPath lets DERIVE KEY go anywhere without a PIN once a pinless path is set (Keycard 2.0 to 2.1.1).
	DeriveAnyPath bool
	// PinlessMaster makes SIGN with the pinless path use the master key when the key has no chain code, without PIN and
	// without channel (Keycard 3.1 and 3.2, SIGN).
	PinlessMaster bool
	// ExportRuleOnCurrent applies the rule for private exports to the current path, although another one is exported
	// (Keycard 2.x, EXPORT KEY).
	ExportRuleOnCurrent bool
	// ExportEmptyDerive makes EXPORT KEY with P1 01 and no path go to the master key and answer the public key of the
	// derivation before (Keycard 2.x, EXPORT KEY).
	ExportEmptyDerive bool
	// DuplicateLengths encrypts and decrypts duplicates with wrong lengths: EXPORT adds leftovers of the APDU buffer,
	// IMPORT never succeeds (Keycard 2.0 to 2.2.1, DUPLICATE KEY).
	DuplicateLengths bool
	// EntropyKillsChannel lets ADD ENTROPY, which anyone can send, overwrite the key of an open channel (Keycard 2.x,
	// DUPLICATE KEY).
	EntropyKillsChannel bool
}

// quirksOf says which holes the original had in that version.
func quirksOf(v wire.Version) Quirks {
	return Quirks{
		InheritPIN:          true,
		DropChainCode:       true,
		UncheckedPublicKey:  true,
		PublicKeyInSign:     v <= wire.V3_0,
		DeriveAnyPath:       v < wire.V2_2,
		PinlessMaster:       v >= wire.V3_1,
		ExportRuleOnCurrent: v < wire.V3_0,
		ExportEmptyDerive:   v < wire.V3_0,
		DuplicateLengths:    v < wire.V2_3,
		EntropyKillsChannel: v < wire.V3_0,
	}
}
