package keycard

import (
	"context"
	"encoding/binary"

	"tapcard.example/hd"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// GenerateMnemonic has the card's random source choose a BIP-39 mnemonic of 12, 15, 18, 21 or 24 English words (Keycard
// seed, GENERATE MNEMONIC). The card neither keeps nor loads it. No PIN. The checksum is verified.
func (s *Session) GenerateMnemonic(ctx context.Context, words int) (secret.Bytes, error) {
	const perBit = 3 // words for each bit of checksum
	if words%perBit != 0 || words < perBit*wire.MinChecksumSize || words > perBit*wire.MaxChecksumSize {
		return secret.Bytes{}, refuse(wire.InsGenerateMnemonic,
			"a mnemonic has 12, 15, 18, 21 or 24 words, not %d", words)
	}
	data, err := s.do(ctx, wire.GenerateMnemonicCommand(words/perBit))
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(data)
	if len(data) != words*binary.Size(uint16(0)) {
		return secret.Bytes{}, bad(wire.InsGenerateMnemonic, wire.ErrFormat)
	}
	indexes, err := wire.ParseMnemonic(data)
	if err != nil {
		return secret.Bytes{}, bad(wire.InsGenerateMnemonic, err)
	}
	defer clear(indexes)
	mnemonic, err := hd.Words(indexes)
	if err != nil {
		return secret.Bytes{}, bad(wire.InsGenerateMnemonic, err)
	}
	if err := hd.CheckMnemonic(mnemonic); err != nil {
		mnemonic.Destroy()
		return secret.Bytes{}, bad(wire.InsGenerateMnemonic, err)
	}
	return mnemonic, nil
}
