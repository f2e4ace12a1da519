package btc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/signer"
)

// recoverableLength is that of a BIP-137 signature: a header, R and S.
const recoverableLength = 65

// The first header of each kind of address; the recovery id, 0 to 3, is added (BIP-137).
const (
	headerUncompressed = 27
	headerP2PKH        = 31
	headerP2SHP2WPKH   = 35
	headerP2WPKH       = 39
	headerEnd          = 43
)

// messageDigest is what BIP-137 signs: the message behind a text that no transaction begins with, hashed twice.
func messageDigest(message string) [32]byte {
	const prefix = "\x18Bitcoin Signed Message:\n"
	once := sha256.Sum256(append(appendCompact([]byte(prefix), len(message)), message...))
	return sha256.Sum256(once[:])
}

func signBIP137(ctx context.Context, s *signer.Signer, m Message, k ownKey, script Script) (string, error) {
	address, _ := AddressOf(script.Output, m.Network)
	item := signer.Item{Path: k.path, Digest: messageDigest(m.Text), PublicKey: k.public}
	signatures, err := s.SignBatch(ctx, signer.Batch{Items: []signer.Item{item}, Summary: messageSummary(m.Text, address)})
	if err != nil {
		return "", err
	}
	header := map[ScriptType]byte{P2PKH: headerP2PKH, P2SHP2WPKH: headerP2SHP2WPKH, P2WPKH: headerP2WPKH}[m.Type]
	sig := signatures[0]
	raw := append([]byte{header + sig.V}, sig.R[:]...)
	return base64.StdEncoding.EncodeToString(append(raw, sig.S[:]...)), nil
}

// messageSummary shows a message to be signed. Characters that do not show as themselves are escaped.
func messageSummary(message, address string) signer.Summary {
	s := signer.Summary{Title: "Bitcoin message"}
	text, hidden := signer.Printable(message)
	if hidden {
		s.Flag("Message", "%s", text)
		s.Warn("the message has characters that do not show; they are written as escapes")
	} else {
		s.Add("Message", "%s", text)
	}
	s.Add("Address", "%s", address)
	return s
}

// verifyBIP137 recovers the key and asks whether the address is the key's. The header says of which kind the address
// is. Headers of P2PKH are taken for addresses in segwit too: Electrum and others write them so, and what proves
// anything is the key.
func verifyBIP137(output []byte, message string, raw []byte) (Verdict, error) {
	v, header := Verdict{Format: BIP137.String()}, raw[0]
	if header < headerUncompressed || header >= headerEnd {
		return v, fmt.Errorf("%w: its header is %d, those of BIP-137 are 27 to 42", ErrSignature, header)
	}
	compact := bytes.Clone(raw)
	compact[0] = headerUncompressed + (header-headerUncompressed)%4
	digest := messageDigest(message)
	key, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil {
		return v, fmt.Errorf("%w: it leads to no key", ErrSignature)
	}
	types := []ScriptType{P2PKH, P2SHP2WPKH, P2WPKH}
	switch {
	case header >= headerP2WPKH:
		types = []ScriptType{P2WPKH}
	case header >= headerP2SHP2WPKH:
		types = []ScriptType{P2SHP2WPKH}
	case header < headerP2PKH:
		if bytes.Equal(output, payToKeyHash(address.Hash160(key.SerializeUncompressed()))) {
			return v, nil
		}
		types = nil
	}
	for _, t := range types {
		script, err := KeyScript(t, [33]byte(key.SerializeCompressed()))
		if err == nil && bytes.Equal(script.Output, output) {
			return v, nil
		}
	}
	return v, fmt.Errorf("%w: another key made it, or of another message", ErrSignature)
}
