package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/internal/privatefile"
)

// maxFactory bounds the factory's file, in bytes.
const maxFactory = 4096

// factoryFile is the format of factory.json.
type factoryFile struct {
	Comment string `json:"comment"`
	Private string `json:"private"` // 32 bytes in hex
}

// factory is the authority that certifies this installation's software cards: a key made at random the first time it is
// needed. It is never in the trust store unless the user puts it there ("trust add"), for tests of what a genuine card
// looks like.
func (a *app) factory() (*secp256k1.PrivateKey, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "factory.json")
	var key *secp256k1.PrivateKey
	raw, err := privatefile.Read(path, maxFactory)
	if err == nil {
		return parseFactory(path, raw)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	err = privatefile.Update(path, maxFactory, func(old []byte) ([]byte, error) {
		if len(old) > 0 { // another process was quicker
			key, err = parseFactory(path, old)
			return old, err
		}
		if key, err = secp256k1.GeneratePrivateKey(); err != nil {
			return nil, err
		}
		return json.Marshal(factoryFile{"certifies software cards, for tests only", hex.EncodeToString(key.Serialize())})
	})
	return key, err
}

func parseFactory(path string, raw []byte) (*secp256k1.PrivateKey, error) {
	var f factoryFile
	err := json.Unmarshal(raw, &f)
	b, hexErr := hex.DecodeString(f.Private)
	var d secp256k1.ModNScalar
	if err = errors.Join(err, hexErr); err == nil && (len(b) != 32 || d.SetByteSlice(b) || d.IsZero()) {
		err = errors.New("not a private key")
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	return secp256k1.NewPrivateKey(&d), nil
}
