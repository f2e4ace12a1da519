package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
	"tapcard.example/secret"
)

// tokenKey is a key that signs tokens for cards.
type tokenKey struct{ *vault.Key }

// token signs a token's digest: r 32, s 32.
func (k *tokenKey) token(digest [32]byte) (*wire.TokenSignature, error) {
	s, err := k.Sign(digest)
	t := wire.TokenSignature(s[:wire.TokenSignatureSize])
	return &t, err
}

// chargeKeys are the keys that a charge works with; all but the relay's may be missing.
type chargeKeys struct {
	relay, terminal *vault.Key
	approver, time  *tokenKey
	mac             secret.Bytes
	certificate     []byte
}

// chargeKeys reads the key files that are named.
func (a *app) chargeKeys(f chargeFlags) (k *chargeKeys, err error) {
	k = &chargeKeys{mac: secret.New(nil)}
	if !f.signOnly {
		if k.relay, err = a.readKey("key-file", f.keyFile); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		flag, file string
		to         **tokenKey
	}{{"approver-key", f.approverKey, &k.approver}, {"time-key", f.timeKey, &k.time}} {
		if x.file == "" {
			continue
		}
		key, err := a.readKey(x.flag, x.file)
		if err != nil {
			return nil, err
		}
		*x.to = &tokenKey{key}
	}
	if f.terminalKey != "" {
		if k.terminal, err = a.readKey("terminal-key", f.terminalKey); err != nil {
			return nil, err
		}
	}
	if f.certificate != "" {
		if k.certificate, err = readCertificate(f.certificate); err != nil {
			return nil, err
		}
	}
	if f.macFile != "" {
		k.mac, err = macKey(f.macFile)
	}
	return k, err
}

func (k *chargeKeys) destroy() {
	for _, key := range []*vault.Key{k.relay, k.terminal} {
		if key != nil {
			key.Destroy()
		}
	}
	for _, key := range []*tokenKey{k.approver, k.time} {
		if key != nil {
			key.Destroy()
		}
	}
	k.mac.Destroy()
}

// macKey reads the MAC key of a card.
func macKey(path string) (secret.Bytes, error) {
	text, err := readMAC(path)
	if err != nil {
		return secret.Bytes{}, fmt.Errorf("--mac-file: %w", err)
	}
	defer clear(text)
	raw := make([]byte, hex.DecodedLen(len(bytes.TrimSpace(text))))
	if _, err := hex.Decode(raw, bytes.TrimSpace(text)); err != nil || len(raw) != wire.MACKeySize {
		clear(raw)
		return secret.Bytes{}, fmt.Errorf("--mac-file: %s holds no MAC key: 64 hex digits", path)
	}
	return secret.New(raw), nil
}

// readCertificate reads what "tappay --json merchant certify" printed.
func readCertificate(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var c struct {
		Certificate hexutil.Bytes `json:"certificate"`
	}
	if err := json.Unmarshal(text, &c); err != nil || len(c.Certificate) != 65 {
		return nil, fmt.Errorf("--certificate: %s is none", path)
	}
	return c.Certificate, nil
}
