package wire

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"io"

	"tapcard.example/iso7816"
)

// Classes of commands: bare, and in the channel.
const (
	ClassBare    = 0x80
	ClassChannel = 0x84
)

const (
	confirmSize    = 16
	openingSize    = 1 + KeySize
	openAnswerSize = KeySize + confirmSize
	statusSize     = 2
)

// MaxInChannel is the longest data of a command, or of an answer with its status word, in the channel.
const MaxInChannel = MaxMessage - gcmTagSize

// Channel is one side of the channel between host and card (PROTOCOL.md, The channel). Messages are numbered, so both
// sides must see all of them in order. It is not for use by several goroutines at once.
type Channel struct {
	command, answer cipher.AEAD
	n               uint64 // commands so far
	nonce           [gcmNonceSize]byte
	header          [3]byte // INS, P1, P2 of the command under way
}

// Opening is the host's side while it waits for the answer to OPEN CHANNEL.
type Opening struct{ ephemeral *KeyPair }

// NewOpening makes the host's ephemeral key: 32 bytes of rand, ErrRandom when it fails.
func NewOpening(rand io.Reader) (*Opening, error) {
	k, err := NewKeyPair(rand)
	if err != nil {
		return nil, err
	}
	return &Opening{k}, nil
}

// Command is OPEN CHANNEL.
func (o *Opening) Command() iso7816.Command {
	return bare(InsOpen, 0, append([]byte{Version}, o.ephemeral.Public[:]...))
}

// Finish makes the channel of the card's answer: only the card with this key can have computed it, else ErrChannel.
// The Opening is used up.
func (o *Opening) Finish(card Key, answer []byte) (*Channel, error) {
	defer o.ephemeral.Destroy()
	if len(answer) != openAnswerSize {
		return nil, ErrLength
	}
	peer := Key(answer)
	static, err := o.ephemeral.agree(card)
	if err != nil {
		return nil, err
	}
	fresh, err := o.ephemeral.agree(peer)
	if err != nil {
		return nil, err
	}
	ch, confirm, err := newChannel(static, fresh, card, o.ephemeral.Public, peer)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(confirm, answer[KeySize:]) != 1 {
		return nil, ErrChannel
	}
	return ch, nil
}

// Accept is the card's side of OPEN CHANNEL: the channel, and the answer with a fresh key from rand. Errors: ErrLength,
// ErrVersion, ErrPoint, ErrRandom.
func Accept(rand io.Reader, card *KeyPair, data []byte) (*Channel, []byte, error) {
	if len(data) != openingSize {
		return nil, nil, ErrLength
	}
	if data[0] != Version {
		return nil, nil, ErrVersion
	}
	host := Key(data[1:])
	static, err := card.agree(host)
	if err != nil {
		return nil, nil, err
	}
	ephemeral, err := NewKeyPair(rand)
	if err != nil {
		return nil, nil, err
	}
	defer ephemeral.Destroy()
	fresh, err := ephemeral.agree(host)
	if err != nil {
		return nil, nil, err
	}
	ch, confirm, err := newChannel(static, fresh, card.Public, host, ephemeral.Public)
	if err != nil {
		return nil, nil, err
	}
	return ch, append(ephemeral.Public[:], confirm...), nil
}

// newChannel derives the keys of both directions and the confirmation, and zeroes the shared secrets.
func newChannel(static, fresh []byte, card, host, ephemeral Key) (*Channel, []byte, error) {
	secrets := append(append(make([]byte, 0, 64), static...), fresh...)
	clear(static)
	clear(fresh)
	defer clear(secrets)
	salt := Hash(nameChannel, []byte{Version}, card[:], host[:], ephemeral[:])
	keys, err := hkdf.Key(sha256.New, secrets, salt[:], tag(nameChannelKeys), 32+32+confirmSize)
	if err != nil {
		return nil, nil, err
	}
	defer clear(keys[:64])
	command, err := newGCM(keys[:32])
	if err != nil {
		return nil, nil, err
	}
	answer, err := newGCM(keys[32:64])
	if err != nil {
		return nil, nil, err
	}
	return &Channel{command: command, answer: answer}, keys[64:], nil
}

// Close forgets the keys; every later call gives ErrChannel. Closing twice, or nothing, is harmless.
func (c *Channel) Close() {
	if c != nil {
		*c = Channel{}
	}
}

// Closed says whether the channel has no keys any more.
func (c *Channel) Closed() bool { return c == nil || c.command == nil }

// next numbers a command: its nonce, and the header that both directions are bound to.
func (c *Channel) next(cmd iso7816.Command) {
	binary.BigEndian.PutUint64(c.nonce[4:], c.n)
	c.header = [3]byte{cmd.INS, cmd.P1, cmd.P2}
	c.n++
}

// WrapCommand is the host's way out. ErrLength when the data does not fit; then the channel goes on.
func (c *Channel) WrapCommand(cmd iso7816.Command) (iso7816.Command, error) {
	if c.Closed() {
		return iso7816.Command{}, ErrChannel
	}
	if len(cmd.Data) > MaxInChannel {
		return iso7816.Command{}, ErrLength
	}
	c.next(cmd)
	data := c.command.Seal(nil, c.nonce[:], cmd.Data, c.header[:])
	return iso7816.Command{CLA: ClassChannel, INS: cmd.INS, P1: cmd.P1, P2: cmd.P2, Data: data, Ne: cmd.Ne}, nil
}

// UnwrapCommand is the card's way in. What does not authenticate closes the channel: ErrChannel.
func (c *Channel) UnwrapCommand(cmd iso7816.Command) (iso7816.Command, error) {
	if c.Closed() {
		return iso7816.Command{}, ErrChannel
	}
	c.next(cmd)
	data, err := c.command.Open(nil, c.nonce[:], cmd.Data, c.header[:])
	if err != nil {
		c.Close()
		return iso7816.Command{}, ErrChannel
	}
	cmd.CLA, cmd.Data = ClassBare, data
	return cmd, nil
}

// WrapResponse is the card's way out; the status word travels inside. An answer too long is sent as an internal error.
func (c *Channel) WrapResponse(r iso7816.Response) (iso7816.Response, error) {
	if c.Closed() {
		return iso7816.Response{}, ErrChannel
	}
	if len(r.Data)+statusSize > MaxInChannel {
		r = iso7816.Response{SW: iso7816.Internal}
	}
	plain := append([]byte{r.SW.SW1(), r.SW.SW2()}, r.Data...)
	data := c.answer.Seal(nil, c.nonce[:], plain, c.header[:])
	return iso7816.Response{Data: data, SW: iso7816.OK}, nil
}

// UnwrapResponse is the host's way in. Any status word but 9000 outside, and whatever does not authenticate, closes the
// channel: ErrChannel.
func (c *Channel) UnwrapResponse(r iso7816.Response) (iso7816.Response, error) {
	if c.Closed() {
		return iso7816.Response{}, ErrChannel
	}
	if r.SW == iso7816.OK {
		plain, err := c.answer.Open(nil, c.nonce[:], r.Data, c.header[:])
		if err == nil && len(plain) >= statusSize {
			sw := iso7816.Status(binary.BigEndian.Uint16(plain))
			return iso7816.Response{Data: plain[statusSize:], SW: sw}, nil
		}
	}
	c.Close()
	return iso7816.Response{}, ErrChannel
}
