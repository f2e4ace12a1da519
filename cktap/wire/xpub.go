package wire

import (
	"encoding/binary"
	"fmt"

	"tapcard.example/hd"
	"tapcard.example/iso7816"
)

// XPubRequest asks a TAPSIGNER or SATSCHIP for its extended public key (Tap protocol, xpub).
type XPubRequest struct {
	Master bool `cbor:"master"` // that of m; otherwise that of the derived key
	Auth
}

func (r *XPubRequest) check() error { return need(r.fields()...) }

// Command is the request as an APDU.
func (r XPubRequest) Command() (iso7816.Command, error) { return request(CmdXPub, r) }

// ParseXPubRequest is the card's side. ErrFormat is a 400.
func ParseXPubRequest(body []byte) (XPubRequest, error) { return decode[XPubRequest](body) }

// XPubAnswer answers xpub. Nothing signs it: a host has the card sign a challenge with a child before it shows it.
type XPubAnswer struct {
	XPub      XPub  `cbor:"xpub"`
	CardNonce Nonce `cbor:"card_nonce,omitzero"` // not in the protocol document; the emulator sends it
}

func (a *XPubAnswer) check() error { return need(field{"xpub", a.XPub != XPub{}}) }

// Encode is the card's side.
func (a XPubAnswer) Encode() ([]byte, error) { return encode(a) }

// ParseXPubAnswer reads the answer; nothing is verified yet.
func ParseXPubAnswer(body []byte) (XPubAnswer, error) { return decodeAnswer[XPubAnswer](body) }

// Where the fields of BIP-32's serialisation begin.
const (
	xpubDepth  = 4
	xpubParent = 5
	xpubChild  = 9
	xpubChain  = 13
	xpubKey    = 45
)

const (
	versionXPub = 0x0488B21E
	versionTPub = 0x043587CF
)

// BuildXPub is the card's side: the serialisation of the key at path. The parent's fingerprint is always zero
// (observed).
func BuildXPub(testnet bool, path []uint32, chainCode Bytes32, key PublicKey) XPub {
	var x XPub
	version := uint32(versionXPub)
	if testnet {
		version = versionTPub
	}
	binary.BigEndian.PutUint32(x[:], version)
	x[xpubDepth] = byte(len(path))
	if n := len(path); n > 0 {
		binary.BigEndian.PutUint32(x[xpubChild:], path[n-1])
	}
	copy(x[xpubChain:], chainCode[:])
	copy(x[xpubKey:], key[:])
	return x
}

// Parse reads the serialisation; ErrFormat when it is no extended public key of either network.
func (x XPub) Parse() (key *hd.XPub, testnet bool, err error) {
	version := binary.BigEndian.Uint32(x[:])
	if version != versionXPub && version != versionTPub {
		return nil, false, fmt.Errorf("%w: xpub of version %08X", ErrFormat, version)
	}
	index := binary.BigEndian.Uint32(x[xpubChild:])
	origin := hd.Origin{Depth: x[xpubDepth], Parent: [4]byte(x[xpubParent:]), Index: index}
	if origin.Depth == 0 && origin != (hd.Origin{}) {
		return nil, false, fmt.Errorf("%w: the xpub of a master key with a parent", ErrFormat)
	}
	key, err = hd.NewXPub(x[xpubKey:], [32]byte(x[xpubChain:]), origin)
	if err != nil {
		return nil, false, fmt.Errorf("%w: xpub: %w", ErrFormat, err)
	}
	return key, version == versionTPub, nil
}
