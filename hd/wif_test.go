package hd_test

import (
	"encoding/hex"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// Vectors: Bitcoin Wiki, "Wallet import format" (the compressed form of its example key), and the key 1.
func TestWIF(t *testing.T) {
	for _, v := range []struct {
		private, want string
		n             hd.Network
	}{
		{"0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d", "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617", hd.Mainnet},
		{"0000000000000000000000000000000000000000000000000000000000000001", "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn", hd.Mainnet},
		{"0000000000000000000000000000000000000000000000000000000000000001", "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA", hd.Testnet},
	} {
		raw, err := hex.DecodeString(v.private)
		if err != nil {
			t.Fatal(err)
		}
		hd.WIF(secret.New(raw), v.n).Reveal(func(got []byte) {
			if string(got) != v.want {
				t.Errorf("%s: %s", v.private, got)
			}
		})
	}
	if hd.WIF(secret.Copy([]byte("short")), hd.Mainnet).Len() != 0 {
		t.Error("a key of 5 bytes is encoded")
	}
}
