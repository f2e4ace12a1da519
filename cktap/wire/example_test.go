package wire_test

import (
	"bytes"
	"crypto/rand"
	"fmt"

	"tapcard.example/cktap/wire"
	"tapcard.example/secret"
)

// A command with the CVC: both sides come to the same session, and the digest travels under its pad.
func ExampleAuthenticate() {
	cardPrivate := secret.Copy(bytes.Repeat([]byte{7}, 32))
	card, err := wire.PublicKeyOf(cardPrivate)
	if err != nil {
		panic(err)
	}
	nonce := wire.Nonce{1, 2, 3} // from the card's last answer
	digest := wire.Bytes32{0xD1}

	auth, session, err := wire.Authenticate(rand.Reader, card, nonce, wire.CmdSign, secret.Copy([]byte("123456")))
	if err != nil {
		panic(err)
	}
	command, err := wire.SignRequest{Subpath: []uint32{0, 5}, Digest: session.Pad32(digest), Auth: auth}.Command()
	session.Destroy()
	fmt.Println(command, err)

	request, err := wire.ParseSignRequest(command.Data)
	if err != nil {
		panic(err)
	}
	theirs, err := wire.Accept(cardPrivate, request.Auth)
	fmt.Println(theirs.CVC(request.Auth, nonce, wire.CmdSign).Len(), theirs.Pad32(request.Digest) == digest, err)
	// Output:
	// 00 CB 00 00, 117 bytes <nil>
	// 6 true <nil>
}

// What a phone shows when it touches a card, without the web site behind it.
func ExampleURL_Verify() {
	u, err := wire.ParseURL("https://tapsigner.com/start#t=1&u=S&c=04d74fb1dfee7a4d&n=8940dc9808088820&s=" +
		"6bda376546b7074b5a52f3264fe118d38889f49501b591b0b9e90a2ff2e07d26" +
		"572898aaeb0f963a52cf707e7483203520ce40bdf5071e8f80262d587b41b99f")
	if err != nil {
		panic(err)
	}
	signed, err := u.Verify()
	fmt.Println(signed.Ident, err)
	// Output: XUFC5-2SWY2-PX24Q-IZC7W <nil>
}
