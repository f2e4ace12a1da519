package applet_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
	"tapcard.example/softcard"
)

// client speaks to the card byte by byte, on purpose without the host package: what it does not check, nobody hid.
type client struct {
	tb    testing.TB
	card  *softcard.Card
	pub   []byte // the card's channel key, of the last SELECT
	token []byte // pairing secret
	slot  byte
	key   []byte // pairing key of slot
	ch    *wire.Channel
	keys  wire.Keys
	reply [16]byte // MAC of the last answer in the channel; before the first, the IV of OPEN
	raw   iso7816.Response
	nonce byte // makes the client's random numbers differ
}

// info is the answer to SELECT.
type info struct {
	template []byte // whole
	uid, pub []byte
	version  []byte
	slots    int
	keyUID   []byte
	caps     []byte // nil without tag 8D
	tags     []tlv.Tag
}

func (c *client) transmit(cmd iso7816.Command) iso7816.Response {
	c.tb.Helper()
	r, err := c.try(cmd)
	if err != nil {
		c.tb.Fatalf("%v: %v", cmd, err)
	}
	return r
}

// try is transmit for a card that may lose power on the way.
func (c *client) try(cmd iso7816.Command) (iso7816.Response, error) {
	c.tb.Helper()
	b, err := cmd.Bytes()
	if err != nil {
		c.tb.Fatal(err)
	}
	answer, err := c.card.Transmit(b)
	if err != nil {
		return iso7816.Response{}, err
	}
	r, err := iso7816.ParseResponse(answer)
	if err != nil {
		c.tb.Fatal(err)
	}
	return r, nil
}

func command(ins, p1, p2 byte, data []byte) iso7816.Command {
	return iso7816.Command{CLA: 0x80, INS: ins, P1: p1, P2: p2, Data: data, Ne: iso7816.MaxShortNe}
}

// bare sends a command as it is, whatever the channel.
func (c *client) bare(ins, p1, p2 byte, data ...byte) iso7816.Response {
	c.tb.Helper()
	return c.transmit(command(ins, p1, p2, data))
}

// send sends a command wrapped when a channel is open, bare otherwise. An answer outside the channel ends it.
func (c *client) send(ins, p1, p2 byte, data ...byte) iso7816.Response {
	c.tb.Helper()
	if c.ch == nil {
		return c.bare(ins, p1, p2, data...)
	}
	return c.receive(c.transmit(c.wrap(command(ins, p1, p2, data))))
}

func (c *client) wrap(cmd iso7816.Command) iso7816.Command {
	c.tb.Helper()
	w, err := c.ch.WrapCommand(cmd)
	if err != nil {
		c.tb.Fatal(err)
	}
	return w
}

// receive opens an answer that came while a channel was open.
func (c *client) receive(r iso7816.Response) iso7816.Response {
	c.tb.Helper()
	c.raw = r
	if r.SW != iso7816.OK || len(r.Data) == 0 {
		c.ch = nil
		return r
	}
	plain, err := c.ch.UnwrapResponse(r)
	if err != nil {
		c.tb.Fatalf("the answer does not open: %v", err)
	}
	copy(c.reply[:], r.Data)
	return plain
}

// under decrypts an answer of the channel with an IV of the caller's choice and returns what is before the padding.
func (c *client) under(iv [16]byte, r iso7816.Response) []byte {
	return cbcDecrypt(c.tb, c.keys.Enc[:], iv[:], r.Data[16:])
}

func cbcDecrypt(tb testing.TB, key, iv, ciphertext []byte) []byte {
	tb.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		tb.Fatal(err)
	}
	plain := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, ciphertext)
	n := len(plain)
	for n > 0 && plain[n-1] == 0 {
		n--
	}
	if n == 0 || plain[n-1] != 0x80 {
		return nil
	}
	return plain[:n-1]
}

func cbcEncrypt(tb testing.TB, key, iv, plain []byte) []byte {
	tb.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return out
}

// selectAID selects any applet of the card.
func (c *client) selectAID(aid []byte) iso7816.Response {
	c.tb.Helper()
	c.ch = nil
	return c.transmit(iso7816.Command{INS: iso7816.InsSelect, P1: 4, Data: aid, Ne: iso7816.MaxShortNe})
}

// sel selects the Keycard instance and takes its answer apart.
func (c *client) sel() info {
	c.tb.Helper()
	r := c.selectAID(wire.KeycardAID(1))
	if r.SW != iso7816.OK {
		c.tb.Fatalf("SELECT: %v", r.SW)
	}
	i := parseInfo(c.tb, r.Data)
	c.pub = i.pub
	return i
}

func parseInfo(tb testing.TB, b []byte) info {
	tb.Helper()
	outer, err := tlv.Parse(b, tlv.Lenient)
	if err != nil || len(outer) != 1 {
		tb.Fatalf("SELECT answers %X: %v", b, err)
	}
	i := info{template: b}
	if outer[0].Tag == 0x80 {
		i.pub, i.tags = outer[0].Value, []tlv.Tag{0x80}
		return i
	}
	inner, err := tlv.Parse(outer[0].Value, tlv.Lenient)
	if err != nil || len(inner) < 5 {
		tb.Fatalf("SELECT answers %X: %v", b, err)
	}
	for _, e := range inner {
		i.tags = append(i.tags, e.Tag)
	}
	i.uid, i.pub, i.version, i.slots = inner[0].Value, inner[1].Value, inner[2].Value, int(inner[3].Value[0])
	i.keyUID = inner[4].Value
	i.caps, _ = tlv.Find(inner, 0x8D)
	return i
}

// random gives n bytes that differ from call to call and are the same in every run.
func (c *client) random(n int) []byte {
	c.nonce++
	var out []byte
	for i := byte(0); len(out) < n; i++ {
		sum := sha256.Sum256([]byte{c.nonce, i})
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// agree makes a client key pair and its secret with the card's channel key.
func (c *client) agree() (pub [65]byte, x [32]byte) {
	c.tb.Helper()
	priv := secp256k1.PrivKeyFromBytes(c.random(32))
	copy(pub[:], priv.PubKey().SerializeUncompressed())
	x, err := wire.ECDH(priv, c.pub)
	if err != nil {
		c.tb.Fatal(err)
	}
	return pub, x
}

// oneShot seals a payload as INIT and ADD ENTROPY want it.
func (c *client) oneShot(payload []byte) []byte {
	c.tb.Helper()
	pub, x := c.agree()
	return wire.SealOneShot(pub, x[:], c.random(16), payload)
}

// brokenShot is a oneShot whose plaintext is whole blocks without padding.
func (c *client) brokenShot(blocks []byte) []byte {
	c.tb.Helper()
	pub, x := c.agree()
	iv := c.random(16)
	head := append(append([]byte{65}, pub[:]...), iv...)
	return append(head, cbcEncrypt(c.tb, x[:], iv, blocks)...)
}

// pair makes both steps of PAIR with c.token and keeps slot and key; ok is false when the card refused one of them.
func (c *client) pair() (r iso7816.Response, ok bool) {
	c.tb.Helper()
	challenge := c.random(32)
	r = c.bare(0x12, 0, 0, challenge...)
	if r.SW != iso7816.OK || len(r.Data) != 64 {
		return r, false
	}
	proof := wire.PairingCryptogram(c.token, r.Data[32:])
	r = c.bare(0x12, 1, 0, proof[:]...)
	if r.SW != iso7816.OK || len(r.Data) != 33 {
		return r, false
	}
	c.slot = r.Data[0]
	key := sha256.Sum256(append(append([]byte{}, c.token...), r.Data[1:]...))
	c.key = key[:]
	return r, true
}

// openBare sends OPEN SECURE CHANNEL and sets the channel's keys; nothing is authenticated yet.
func (c *client) openBare() iso7816.Response {
	c.tb.Helper()
	pub, x := c.agree()
	r := c.bare(0x10, c.slot, 0, pub[:]...)
	if r.SW == iso7816.OK && len(r.Data) == 48 {
		c.keys = wire.SessionKeys(x[:], c.key, r.Data[:32])
		copy(c.reply[:], r.Data[32:])
		c.ch = wire.NewChannel(c.keys, c.reply)
	}
	return r
}

// path writes a key path, 4 bytes a component.
func path(components ...uint32) (b []byte) {
	for _, i := range components {
		b = binary.BigEndian.AppendUint32(b, i)
	}
	return b
}
