package hd

import "tapcard.example/secret"

// First bytes of a private key in wallet import format (Bitcoin Core, chain parameters, SECRET_KEY), and the byte behind
// it that says that its public key is compressed.
const (
	wifMainnet    = 0x80
	wifTestnet    = 0xEF
	wifCompressed = 0x01
)

// WIF is a private key of 32 bytes in wallet import format, for a compressed public key: 52 characters. A key of any
// other length gives an empty secret.
func WIF(private secret.Bytes, n Network) secret.Bytes {
	if private.Len() != 32 {
		return secret.Bytes{}
	}
	raw := make([]byte, 0, 1+32+1+4)
	raw = append(raw, wifMainnet)
	if n == Testnet {
		raw[0] = wifTestnet
	}
	private.Reveal(func(b []byte) { raw = append(raw, b...) })
	raw = append(raw, wifCompressed)
	encoded := encodeCheck(raw)
	clear(raw[:cap(raw)])
	return secret.New(encoded)
}
