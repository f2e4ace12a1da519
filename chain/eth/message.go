package eth

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/signer"
)

// MaxMessage is the size of the largest message, in bytes: more than anybody reads before signing.
const MaxMessage = 64 << 10

// Message is a text to be signed as "personal_sign" does (EIP-191, version 0x45): behind a prefix that no transaction
// begins with.
type Message struct{ text []byte }

// NewMessage takes a text, or any other bytes, of at most MaxMessage bytes. The error is ErrMessage.
func NewMessage(text []byte) (*Message, error) {
	if len(text) > MaxMessage {
		return nil, fmt.Errorf("%w: %d bytes, at most %d can be signed", ErrMessage, len(text), MaxMessage)
	}
	return &Message{append([]byte(nil), text...)}, nil
}

// ParseMessageHex takes a message as 0x and hex digits, the form in which dapps send it. The error is ErrMessage.
func ParseMessageHex(text string) (*Message, error) {
	raw, err := parseHex(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	return NewMessage(raw)
}

// Digest is the Keccak-256 of 0x19, "Ethereum Signed Message:\n", the length in decimal and the message (EIP-191).
func (m *Message) Digest() [32]byte {
	prefix := "\x19Ethereum Signed Message:\n" + strconv.Itoa(len(m.text))
	return crypto.Keccak256Hash([]byte(prefix), m.text)
}

// Summary shows the whole message, line by line, when the account from signs it.
func (m *Message) Summary(from common.Address) signer.Summary {
	s := signer.Summary{Title: "Ethereum message (EIP-191)"}
	s.Add("From", "%v", from)
	s.Add("Length", "%d bytes", len(m.text))
	switch {
	case len(m.text) == 0:
	case utf8.Valid(m.text):
		m.describeText(&s)
	default:
		m.describeBinary(&s)
	}
	return s
}

// describeText numbers the lines, so that none of them can pass for a line of the summary.
func (m *Message) describeText(s *signer.Summary) {
	lines := strings.Split(strings.ReplaceAll(string(m.text), "\r\n", "\n"), "\n")
	for i, line := range lines {
		label := fmt.Sprintf("Text %d/%d", i+1, len(lines))
		text, hidden := signer.Printable(line)
		if !hidden {
			s.Add(label, "%s", text)
			continue
		}
		s.Flag(label, "%s", text)
		s.Warn("the text holds characters that do not show or that turn the direction of writing; they are escaped here")
	}
	if strings.Contains(lines[0], "wants you to sign in with your Ethereum account:") { // EIP-4361
		s.Warn("this logs somebody in: is the site named in the first line the one you are visiting?")
	}
}

func (m *Message) describeBinary(s *signer.Summary) {
	const perLine = 32
	for i := 0; i < len(m.text); i += perLine {
		s.Flag(fmt.Sprintf("Bytes %d", i), "%x", m.text[i:min(i+perLine, len(m.text))])
	}
	if len(m.text) == 32 {
		s.Warn("these 32 bytes are probably a hash: it may stand for anything, and nobody can see here for what")
		return
	}
	s.Warn("this is no text: nobody can see here what it means")
}
