package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha512"
	"fmt"

	"tapcard.example/iso7816"
)

// What fits into one wrapped APDU, in bytes: 240 bytes of data field, less 16 for the MAC and at least 1 for padding.
const (
	MaxWrappedCommand  = 223 // command data
	MaxWrappedResponse = 221 // response data; the two bytes of the status word travel with it
)

const (
	macSize    = aes.BlockSize
	statusSize = 2
	// maxWrapped is the longest data field that a length byte can hold and whole blocks can fill.
	maxWrapped = iso7816.MaxShortData - iso7816.MaxShortData%aes.BlockSize
)

// Keys are the session keys of a secure channel, both for AES-256.
type Keys struct{ Enc, MAC [32]byte }

// SessionKeys derives the keys of a channel: SHA-512(ecdhX || pairingKey || salt), first half for encryption, second
// half for the MAC (Keycard seed, OPEN SECURE CHANNEL). Each part is 32 bytes.
func SessionKeys(ecdhX, pairingKey, salt []byte) Keys {
	h := sha512.New()
	h.Write(ecdhX)
	h.Write(pairingKey)
	h.Write(salt)
	sum := h.Sum(nil)
	defer clear(sum)
	return Keys{Enc: [32]byte(sum[:32]), MAC: [32]byte(sum[32:])}
}

// Channel is one side of an open secure channel (Keycard, "Encrypted APDUs"). Each message is encrypted with AES-CBC
// and carries a CBC-MAC; the MAC of a message is the IV of the next one, which orders them. So both sides must see all
// messages, a Channel serves one card, and it is not for use by several goroutines at once.
//
// What the protocol does not give: the MAC does not cover the IV, so a repeated message passes the MAC check and
// decrypts to a garbled first block. A parser behind the channel must therefore trust nothing either.
//
// The host calls WrapCommand and UnwrapResponse in turn, the card UnwrapCommand and WrapResponse. A MAC that does not
// verify closes the channel.
type Channel struct {
	enc, mac  cipher.Block
	iv        [macSize]byte // of the next message: the last MAC seen or sent
	lastReply [macSize]byte // the MAC of the last response, or OPEN SECURE CHANNEL's IV
	block     [macSize]byte // scratch, so that no call through cipher.Block allocates
}

// NewChannel makes a side of the channel from the session keys and the 16-byte IV of OPEN SECURE CHANNEL's answer.
func NewChannel(k Keys, iv [16]byte) *Channel {
	return &Channel{enc: mustAES(k.Enc[:]), mac: mustAES(k.MAC[:]), iv: iv, lastReply: iv}
}

// Close forgets the keys; every later call gives ErrClosed. Calling it twice is harmless.
func (c *Channel) Close() { *c = Channel{} }

// Closed says whether the channel has no keys any more.
func (c *Channel) Closed() bool { return c.enc == nil }

// WrapCommand is the host's way out: it encrypts the data of cmd and adds the MAC. More than 223 bytes of data give
// ErrTooLong, and the channel goes on as if nothing had happened.
func (c *Channel) WrapCommand(cmd iso7816.Command) (iso7816.Command, error) {
	if c.Closed() {
		return iso7816.Command{}, ErrClosed
	}
	if len(cmd.Data) > MaxWrappedCommand {
		return iso7816.Command{}, fmt.Errorf("%w: %d bytes of command data", ErrTooLong, len(cmd.Data))
	}
	data := c.encrypt(cmd.Data, nil)
	c.iv = c.sum(commandMeta(cmd, len(data)), data[macSize:])
	copy(data, c.iv[:])
	return iso7816.Command{CLA: cmd.CLA, INS: cmd.INS, P1: cmd.P1, P2: cmd.P2, Data: data, Ne: iso7816.MaxShortNe}, nil
}

// UnwrapCommand is the card's way in. The MAC is checked, in constant time, before anything is decrypted: ErrMAC
// closes the channel. ErrPadding comes after a MAC that verified, so it is the client's own mistake and the channel
// stays open.
func (c *Channel) UnwrapCommand(cmd iso7816.Command) (iso7816.Command, error) {
	if c.Closed() {
		return iso7816.Command{}, ErrClosed
	}
	mac, err := c.verify(commandMeta(cmd, len(cmd.Data)), cmd.Data)
	if err != nil {
		return iso7816.Command{}, err
	}
	plain := c.decrypt(cmd.Data[macSize:], c.iv)
	c.iv = mac
	data, err := unpad(plain)
	if err != nil {
		return iso7816.Command{}, err
	}
	return iso7816.Command{CLA: cmd.CLA, INS: cmd.INS, P1: cmd.P1, P2: cmd.P2, Data: data, Ne: cmd.Ne}, nil
}

// WrapResponse is the card's way out, for a command that UnwrapCommand has accepted. The status word travels inside;
// the one outside is always 9000. More than 221 bytes of data give ErrTooLong.
func (c *Channel) WrapResponse(r iso7816.Response) (iso7816.Response, error) {
	if c.Closed() {
		return iso7816.Response{}, ErrClosed
	}
	if len(r.Data) > MaxWrappedResponse {
		return iso7816.Response{}, fmt.Errorf("%w: %d bytes of response data", ErrTooLong, len(r.Data))
	}
	data := c.encrypt(r.Data, []byte{r.SW.SW1(), r.SW.SW2()})
	c.iv = c.sum(responseMeta(len(data)), data[macSize:])
	c.lastReply = c.iv
	copy(data, c.iv[:])
	return iso7816.Response{Data: data, SW: iso7816.OK}, nil
}

// WrapEarly is WrapResponse for a command that the card turned down before it looked inside: an unknown INS, or a SIGN
// with a P1 that does not exist. The applet then encrypts under the MAC of its own previous response, because it never
// took over the command's (Keycard, observed in 2.0 to 3.1.2).
func (c *Channel) WrapEarly(r iso7816.Response) (iso7816.Response, error) {
	c.iv = c.lastReply
	return c.WrapResponse(r)
}

// UnwrapResponse is the host's way in. A status word other than 9000 outside means that the card is no longer in the
// channel: it gives a BareStatusError. The MAC is checked before anything is decrypted. Any error closes the channel.
func (c *Channel) UnwrapResponse(r iso7816.Response) (iso7816.Response, error) {
	if c.Closed() {
		return iso7816.Response{}, ErrClosed
	}
	if r.SW != iso7816.OK {
		c.Close()
		return iso7816.Response{}, &BareStatusError{r.SW}
	}
	mac, err := c.verify(responseMeta(len(r.Data)), r.Data)
	if err != nil {
		return iso7816.Response{}, err
	}
	plain, err := c.openResponse(r.Data[macSize:])
	if err != nil {
		c.Close()
		return iso7816.Response{}, err
	}
	c.iv, c.lastReply = mac, mac
	return iso7816.ParseResponse(plain)
}

// openResponse decrypts a response whose MAC has verified. Nothing says whether the card encrypted it under the
// command's MAC or, having turned the command down unread (WrapEarly), under its own previous one. But such an answer
// is a single block with a bare error in it, and the right IV shows: by chance, the wrong one gives an error word and
// fourteen bytes of padding once in 2^116 times. The weaker test, whether the usual IV gives padding at all, would let
// one rejection in 255 through as garbage.
func (c *Channel) openResponse(ciphertext []byte) ([]byte, error) {
	if len(ciphertext) == aes.BlockSize {
		early := c.decrypt(ciphertext, c.lastReply)
		plain, err := unpad(early)
		if err == nil && len(plain) == statusSize && plain[0]>>4 == 6 {
			return plain, nil
		}
	}
	plain, err := unpad(c.decrypt(ciphertext, c.iv))
	if err == nil && len(plain) < statusSize {
		err = fmt.Errorf("%w: wrapped response without a status word", ErrFormat)
	}
	return plain, err
}
