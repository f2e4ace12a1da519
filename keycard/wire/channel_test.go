package wire_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

func TestRecordedWrappedExchangesComeOutTheSameFromBothSides(t *testing.T) {
	n := 0
	for v, steps := range recorded(t) {
		var host, card *wire.Channel
		for _, s := range steps {
			if s.Keys["iv0"] != "" {
				host, card = openRecorded(t, s), openRecorded(t, s)
			}
			if !s.wrapped() {
				continue
			}
			n++
			out, err := host.WrapCommand(s.plainCommand(t))
			if err != nil || !bytes.Equal(out.Data, s.command(t).Data) {
				t.Fatalf("%v %s: host wraps %X, %v", v, s.Note, out.Data, err)
			}
			in, err := card.UnwrapCommand(s.command(t))
			if err != nil || !bytes.Equal(in.Data, s.plainCommand(t).Data) || in.INS != s.plainCommand(t).INS {
				t.Fatalf("%v %s: card unwraps %v, %v", v, s.Note, in, err)
			}
			reply, err := card.WrapResponse(s.plain(t))
			if err != nil || !bytes.Equal(reply.Bytes(), s.response(t).Bytes()) {
				t.Fatalf("%v %s: card wraps %X, %v", v, s.Note, reply.Bytes(), err)
			}
			got, err := host.UnwrapResponse(s.response(t))
			if err != nil || !bytes.Equal(got.Bytes(), s.plain(t).Bytes()) {
				t.Fatalf("%v %s: host unwraps %X, %v", v, s.Note, got.Bytes(), err)
			}
		}
	}
	if n != 64 {
		t.Errorf("%d wrapped exchanges, want 64", n)
	}
}

// openRecorded derives the channel of a recorded OPEN SECURE CHANNEL from its agreed secret.
func openRecorded(t testing.TB, s step) *wire.Channel {
	keys := wire.SessionKeys(s.key(t, "ecdh_x"), s.key(t, "pairing_key"), s.key(t, "salt"))
	if !bytes.Equal(keys.Enc[:], s.key(t, "enc")) || !bytes.Equal(keys.MAC[:], s.key(t, "mac")) {
		t.Fatalf("%s: session keys differ from the recorded ones", s.Note)
	}
	return wire.NewChannel(keys, [16]byte(s.key(t, "iv0")))
}

func pairOfChannels() (host, card *wire.Channel) {
	keys := wire.SessionKeys(make([]byte, 32), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	iv := [16]byte{3}
	return wire.NewChannel(keys, iv), wire.NewChannel(keys, iv)
}

// exchange sends one command through both sides and fails the test on any error.
func exchange(t testing.TB, host, card *wire.Channel, c iso7816.Command, r iso7816.Response) iso7816.Response {
	t.Helper()
	out, err := host.WrapCommand(c)
	if err != nil {
		t.Fatal(err)
	}
	if in, err := card.UnwrapCommand(out); err != nil || !bytes.Equal(in.Data, c.Data) {
		t.Fatalf("card got %v, %v", in, err)
	}
	reply, err := card.WrapResponse(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := host.UnwrapResponse(reply)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEveryLengthThatFitsGoesThrough(t *testing.T) {
	host, card := pairOfChannels()
	for n := range wire.MaxWrappedCommand + 1 {
		r := iso7816.Response{Data: bytes.Repeat([]byte{byte(n)}, min(n, wire.MaxWrappedResponse)), SW: 0x9000}
		got := exchange(t, host, card, iso7816.Command{CLA: 0x80, INS: 0xC0, Data: make([]byte, n)}, r)
		if !bytes.Equal(got.Bytes(), r.Bytes()) {
			t.Fatalf("%d bytes came back as %X", n, got.Bytes())
		}
	}
}

func TestOneByteTooManyIsRefusedAndTheChannelGoesOn(t *testing.T) {
	host, card := pairOfChannels()
	long := iso7816.Command{Data: make([]byte, wire.MaxWrappedCommand+1)}
	if _, err := host.WrapCommand(long); !errors.Is(err, wire.ErrTooLong) {
		t.Errorf("command: %v", err)
	}
	answer := iso7816.Response{Data: make([]byte, wire.MaxWrappedResponse+1), SW: 0x9000}
	if _, err := card.WrapResponse(answer); !errors.Is(err, wire.ErrTooLong) {
		t.Errorf("response: %v", err)
	}
	exchange(t, host, card, iso7816.Command{INS: 0xF2}, iso7816.Response{SW: 0x9000})
}

func TestAnyFlippedBitOfACommandClosesTheCard(t *testing.T) {
	host, _ := pairOfChannels()
	out, err := host.WrapCommand(iso7816.Command{CLA: 0x80, INS: 0x20, Data: []byte("123456")})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := out.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * (len(raw) - 1) { // the last byte is Le, which the MAC does not cover
		bad := bytes.Clone(raw)
		bad[bit/8] ^= 1 << (bit % 8)
		c, err := iso7816.ParseCommand(bad)
		if err != nil {
			continue
		}
		_, card := pairOfChannels()
		if _, err := card.UnwrapCommand(c); !errors.Is(err, wire.ErrMAC) || !card.Closed() {
			t.Fatalf("bit %d: %v, closed %v", bit, err, card.Closed())
		}
	}
}

func TestAnyFlippedBitOrMissingByteOfAResponseClosesTheHost(t *testing.T) {
	host, card := pairOfChannels()
	answer, err := card.WrapResponse(iso7816.Response{Data: make([]byte, 40), SW: 0x9000})
	if err != nil {
		t.Fatal(err)
	}
	try := func(data []byte) {
		t.Helper()
		host, _ = pairOfChannels()
		_, err := host.UnwrapResponse(iso7816.Response{Data: data, SW: iso7816.OK})
		if !errors.Is(err, wire.ErrMAC) || !host.Closed() {
			t.Fatalf("%X: %v", data, err)
		}
	}
	for bit := range 8 * len(answer.Data) {
		bad := bytes.Clone(answer.Data)
		bad[bit/8] ^= 1 << (bit % 8)
		try(bad)
	}
	for n := range answer.Data {
		try(answer.Data[:n])
	}
	try(make([]byte, 256))
}

// The MAC does not cover the IV, so a repeated APDU verifies; the chained IV is all that protects against it.
func TestRepeatedCommandIsNotReadAsWhatWasSent(t *testing.T) {
	host, card := pairOfChannels()
	out, err := host.WrapCommand(iso7816.Command{INS: 0xC0, Data: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := card.UnwrapCommand(out); err != nil {
		t.Fatal(err)
	}
	in, err := card.UnwrapCommand(out)
	if err == nil && bytes.Equal(in.Data[:16], make([]byte, 16)) {
		t.Error("the same first block twice")
	}
}

// An early rejection is the IV trap: it must come out as what it is and leave both sides in step, every time.
func TestEarlyRejectionIsReadAndTheChannelGoesOn(t *testing.T) {
	host, card := pairOfChannels()
	for i := range 2000 { // a reader that only looks at the padding misreads one in 255
		if _, err := host.WrapCommand(iso7816.Command{INS: 0x99, Data: []byte{byte(i), byte(i >> 8)}}); err != nil {
			t.Fatal(err)
		}
		reply, err := card.WrapEarly(iso7816.Response{SW: 0x6D00})
		if err != nil {
			t.Fatal(err)
		}
		got, err := host.UnwrapResponse(reply)
		if err != nil || got.SW != 0x6D00 || len(got.Data) != 0 {
			t.Fatalf("rejection %d: %v, %v", i, got, err)
		}
	}
	exchange(t, host, card, iso7816.Command{INS: 0xF2}, iso7816.Response{Data: []byte{1}, SW: 0x9000})
}

func TestEarlyRejectionAfterLookingInsideUsesThePreviousReply(t *testing.T) {
	host, card := pairOfChannels()
	exchange(t, host, card, iso7816.Command{INS: 0xF2}, iso7816.Response{SW: 0x9000})
	out, _ := host.WrapCommand(iso7816.Command{INS: 0xC0, P1: 0x3F})
	if _, err := card.UnwrapCommand(out); err != nil {
		t.Fatal(err)
	}
	reply, _ := card.WrapEarly(iso7816.Response{SW: 0x6B00})
	if got, err := host.UnwrapResponse(reply); err != nil || got.SW != 0x6B00 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBareStatusMeansTheChannelIsDead(t *testing.T) {
	host, _ := pairOfChannels()
	_, err := host.UnwrapResponse(iso7816.Response{SW: iso7816.SecurityNotSatisfied})
	var bare *wire.BareStatusError
	if !errors.Is(err, wire.ErrClosed) || !errors.As(err, &bare) || bare.SW != iso7816.SecurityNotSatisfied {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(err.Error(), "6982") {
		t.Errorf("%q does not name the status word", err)
	}
	if _, err := host.WrapCommand(iso7816.Command{}); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("after the bare status: %v", err)
	}
}

// What only a card with the right keys can send, and must not: these reach the padding and the status word.
func TestAuthenticNonsenseIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		plain string
		want  error
	}{
		"no padding":      {strings.Repeat("ab", 16), wire.ErrPadding},
		"zeros":           {strings.Repeat("00", 32), wire.ErrPadding},
		"only padding":    {"80" + strings.Repeat("00", 15), wire.ErrFormat},
		"one byte":        {"9080" + strings.Repeat("00", 14), wire.ErrFormat},
		"padding too far": {"9000" + "80" + strings.Repeat("00", 29), wire.ErrPadding},
	} {
		host, card := pairOfChannels()
		forged := forge(t, unhex(t, c.plain))
		if _, err := host.UnwrapResponse(forged.response); !errors.Is(err, c.want) || !host.Closed() {
			t.Errorf("%s, host: %v", name, err)
		}
		_, err := card.UnwrapCommand(forged.command)
		if errors.Is(c.want, wire.ErrPadding) != errors.Is(err, wire.ErrPadding) || card.Closed() {
			t.Errorf("%s, card: %v, closed %v", name, err, card.Closed())
		}
	}
}

type forgery struct {
	command  iso7816.Command
	response iso7816.Response
}

// forge wraps whole blocks as they are, with the keys of pairOfChannels, by means of the standard library alone.
func forge(t testing.TB, blocks []byte) forgery {
	keys := wire.SessionKeys(make([]byte, 32), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	iv := make([]byte, 16)
	iv[0] = 3
	ciphertext := cbc(t, keys.Enc, iv, blocks)
	n := byte(16 + len(ciphertext))
	seal := func(meta []byte) []byte {
		macs := cbc(t, keys.MAC, make([]byte, 16), append(append(meta, make([]byte, 16-len(meta))...), ciphertext...))
		return append(macs[len(macs)-16:], ciphertext...)
	}
	return forgery{
		iso7816.Command{INS: 0x20, Data: seal([]byte{0, 0x20, 0, 0, n})},
		iso7816.Response{Data: seal([]byte{n}), SW: iso7816.OK},
	}
}

func cbc(t testing.TB, key [32]byte, iv, plain []byte) []byte {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return out
}

func TestEveryCallOnAClosedChannelFails(t *testing.T) {
	c, _ := pairOfChannels()
	c.Close()
	c.Close()
	for name, err := range map[string]error{
		"WrapCommand":    second(c.WrapCommand(iso7816.Command{})),
		"UnwrapCommand":  second(c.UnwrapCommand(iso7816.Command{})),
		"WrapResponse":   second(c.WrapResponse(iso7816.Response{})),
		"WrapEarly":      second(c.WrapEarly(iso7816.Response{})),
		"UnwrapResponse": second(c.UnwrapResponse(iso7816.Response{SW: 0x9000})),
	} {
		if !errors.Is(err, wire.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestChannelAllocatesLittle(t *testing.T) {
	host, card := pairOfChannels()
	c, r := iso7816.Command{INS: 0xC0, Data: make([]byte, 32)}, iso7816.Response{Data: make([]byte, 140), SW: 0x9000}
	if n := testing.AllocsPerRun(100, func() { exchange(t, host, card, c, r) }); n > 12 {
		t.Errorf("%v allocations for both sides of one exchange", n)
	}
}

func BenchmarkChannelBothSides(b *testing.B) {
	host, card := pairOfChannels()
	c, r := iso7816.Command{INS: 0xC0, Data: make([]byte, 32)}, iso7816.Response{Data: make([]byte, 140), SW: 0x9000}
	b.ReportAllocs()
	for b.Loop() {
		exchange(b, host, card, c, r)
	}
}
