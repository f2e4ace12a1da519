package applet

import (
	"time"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// Options say which card to make. Env, and for a new card Factory, are needed; the zero value of the rest is useful.
type Options struct {
	Product wire.Product
	// Profile is the firmware; the zero value is V1_0_3.
	Profile Profile
	// Testnet makes a card with addresses of the test networks; it cannot be changed later.
	Testnet bool
	// Env is the card's memory and random source.
	Env softcard.Env
	// Factory certifies a new card.
	Factory *Factory
	// Certificates is the length of the chain: 2 or 3; 0 is 2.
	Certificates int
	// Birth is the block that a new card is dated by; the zero value is a well-known one of the card's network.
	Birth Block
	// Personal replaces what a new card draws, for playing recordings again.
	Personal *Personal
	// Loose answers in CBOR of indefinite length with chunks and long integers, as real cards may.
	Loose bool
	// Lucky never answers 205 to sign: it draws until the number is a lucky one.
	Lucky bool
	// Sleep, when set, makes each command take as long as on a real card: time.Sleep, or a test's clock.
	Sleep func(time.Duration)
	// HMAC512 replaces HMAC-SHA512 in the derivation of children, so that a test can meet an invalid one (205).
	HMAC512 hd.HMAC512
}

// Block dates a card: the height of a block, and its hash as people write it, big-endian. The hash is the chain code of
// a SATSCARD's slot 0 (Tap protocol, "SATSCARD Keys").
type Block struct {
	Height int
	Hash   wire.Bytes32
}

// Personal is what the factory puts into a card. Fields that are empty are drawn.
type Personal struct {
	CardKey      secret.Bytes // 32 bytes
	Certificates []wire.Certificate
	CVC          string
	BackupKey    secret.Bytes // 16 bytes
	// MasterKey, 32 bytes, is the key of a SATSCARD's slot 0, or of a signer that leaves the factory with a key.
	MasterKey secret.Bytes
	ChainCode wire.Bytes32 // goes with MasterKey; zero is the birth block's hash
	Blank     bool         // a SATSCARD without a key in slot 0
}

// Label is what is printed on a card.
type Label struct {
	Product   wire.Product
	Ident     string
	Birth     int
	CVC       secret.Bytes // as it left the factory
	BackupKey secret.Bytes // TAPSIGNER: 16 bytes, printed in hexadecimal
	Address   string       // SATSCARD: of slot 0, printed as a QR code
}

// Well-known blocks: the halving of 2024, and the first checkpoint of testnet3 (Bitcoin Core, chain parameters).
var (
	mainnetBirth = Block{840000, wire.Bytes32{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0x20, 0x28, 0x3A, 0x03, 0x27, 0x48,
		0xCE, 0xF8, 0x22, 0x78, 0x73, 0xFF, 0x48, 0x72, 0x68, 0x9B, 0xF2, 0x3F, 0x1C, 0xDA, 0x83, 0xA5,
	}}
	testnetBirth = Block{546, wire.Bytes32{
		0, 0, 0, 0, 0x2A, 0x93, 0x6C, 0xA7, 0x63, 0x90, 0x4C, 0x3C, 0x35, 0xFC, 0xE2, 0xF3,
		0x55, 0x6C, 0x55, 0x9C, 0x02, 0x14, 0x34, 0x5D, 0x31, 0xB1, 0xBC, 0xEB, 0xF7, 0x6A, 0xCB, 0x70,
	}}
)

// birth is the block that dates the card.
func (o *Options) birth() Block {
	switch {
	case o.Birth != Block{}:
		return o.Birth
	case o.Testnet:
		return testnetBirth
	}
	return mainnetBirth
}
