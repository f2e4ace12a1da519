package interop

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/cktap/wire"
	"tapcard.example/hd"
	"tapcard.example/secret"
)

// counterfeit is what the client says of a card whose factory it does not trust.
const counterfeit = "RuntimeError: Root cert is not from Coinkite. Card is counterfeit."

// recoverKey finds the key that made a signature of 65 bytes, header first, both in hexadecimal. It is compressed.
func recoverKey(digest, signature string) (string, error) {
	d, err := hex.DecodeString(digest)
	sig, err2 := hex.DecodeString(signature)
	if err = errors.Join(err, err2); err != nil || len(sig) != 65 {
		return "", errors.Join(err, errors.New("no signature of 65 bytes"))
	}
	key, err := crypto.SigToPub(d, append(sig[1:], (sig[0]-27)&3))
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(crypto.CompressPubkey(key)), nil
}

// publicKey is the compressed public key of a private one, by libsecp256k1.
func publicKey(private []byte) (string, error) {
	key, err := crypto.ToECDSA(private)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(crypto.CompressPubkey(&key.PublicKey)), nil
}

// openBackup decrypts a backup file with nothing but AES-128 in counter mode, as a printed note would have it done, and
// gives the master key and the path in it.
func openBackup(printed secret.Bytes, file []byte) (master *hd.Key, network hd.Network, path string, err error) {
	plain := make([]byte, len(file))
	printed.Reveal(func(key []byte) {
		var block cipher.Block
		if block, err = aes.NewCipher(key); err == nil {
			cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(plain, file)
		}
	})
	if err != nil {
		return nil, network, "", err
	}
	lines := strings.Split(string(plain), "\n")
	if len(lines) < 2 {
		return nil, network, "", errors.New("a backup has a line for the key and one for the path")
	}
	master, network, err = hd.ParseXPrv(secret.Copy([]byte(lines[0])))
	return master, network, lines[1], err
}

// networkName is what the client calls the network of a card.
func networkName(testnet bool) string {
	if testnet {
		return "True"
	}
	return "False"
}

// site is where the URL of a product leads.
var site = map[wire.Product]string{
	wire.Satscard: "getsatscard.com/start", wire.Tapsigner: "tapsigner.com/start",
	wire.Satschip: "satschip.com/start",
}
