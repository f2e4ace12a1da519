package pcsc

import (
	"errors"
	"fmt"

	"tapcard.example/card"
)

// Code is what a function of PC/SC returns (PC/SC part 5; the values are the same on every platform). It is the detail
// in the errors of this package, for errors.As.
type Code uint32

// Codes that are treated in a special way.
const (
	success                Code = 0
	codeCancelled          Code = 0x80100002
	codeInsufficientBuffer Code = 0x80100008
	codeUnknownReader      Code = 0x80100009
	codeTimeout            Code = 0x8010000A
	codeNoReaders          Code = 0x8010002E
	codeReset              Code = 0x80100068
)

// meaning is what a code says to people and programs.
type meaning struct {
	name string
	kind error
	hint string
}

var meanings = map[Code]meaning{
	codeCancelled:          {"SCARD_E_CANCELLED", card.ErrReader, ""},
	codeInsufficientBuffer: {"SCARD_E_INSUFFICIENT_BUFFER", card.ErrReader, "the answer is too long"},
	codeTimeout:            {"SCARD_E_TIMEOUT", card.ErrReader, ""},
	codeUnknownReader:      {"SCARD_E_UNKNOWN_READER", card.ErrNoReader, "it is not plugged in"},
	codeNoReaders:          {"SCARD_E_NO_READERS_AVAILABLE", card.ErrNoReader, "plug one in"},
	codeReset:              {"SCARD_W_RESET_CARD", card.ErrReset, "start again"},
	0x80100003:             {"SCARD_E_INVALID_HANDLE", card.ErrNoService, "it was restarted; try again"},
	0x8010000B: {"SCARD_E_SHARING_VIOLATION", card.ErrSharing,
		"close other wallets and card programs; of GnuPG, gpgconf --kill scdaemon"},
	0x8010000C: {"SCARD_E_NO_SMARTCARD", card.ErrNoCard, "tap or insert it"},
	0x8010000F: {"SCARD_E_PROTO_MISMATCH", card.ErrReader, "another program chose another protocol"},
	0x80100010: {"SCARD_E_NOT_READY", card.ErrReader, "it is not ready"},
	0x80100013: {"SCARD_F_COMM_ERROR", card.ErrNoService, "it ended meanwhile; try again"},
	0x80100016: {"SCARD_E_NOT_TRANSACTED", card.ErrRemoved, "it stopped answering; tap again"},
	0x80100017: {"SCARD_E_READER_UNAVAILABLE", card.ErrNoReader, "it was unplugged"},
	0x8010001D: {"SCARD_E_NO_SERVICE", card.ErrNoService, serviceHint},
	0x8010001E: {"SCARD_E_SERVICE_STOPPED", card.ErrNoService, serviceHint},
	0x8010002F: {"SCARD_E_COMM_DATA_LOST", card.ErrRemoved, "it stopped answering; tap again"},
	0x80100065: {"SCARD_W_UNSUPPORTED_CARD", card.ErrReader, "it cannot speak with this kind of card"},
	0x80100066: {"SCARD_W_UNRESPONSIVE_CARD", card.ErrRemoved, "it does not answer; tap again"},
	0x80100067: {"SCARD_W_UNPOWERED_CARD", card.ErrRemoved, "it has no power; tap again"},
	0x80100069: {"SCARD_W_REMOVED_CARD", card.ErrRemoved, "tap again"},
	0x8010006A: {"SCARD_W_SECURITY_VIOLATION", card.ErrNoService, "this user may not use it (polkit)"},
}

// Error is the name of the code, or its number where it has none here.
func (c Code) Error() string {
	if m, ok := meanings[c]; ok {
		return m.name
	}
	return fmt.Sprintf("PC/SC error %08X", uint32(c))
}

// kind says what a program can do about the code.
func (c Code) kind() error {
	if m, ok := meanings[c]; ok {
		return m.kind
	}
	return card.ErrReader
}

// detail is the code with a hint at its cause.
func (c Code) detail() error {
	if hint := meanings[c].hint; hint != "" {
		return fmt.Errorf("%s (%w)", hint, c)
	}
	return c
}

// wrapped is the code as the error of an exchange, for whoever knows which command it was.
func (c Code) wrapped() error { return fmt.Errorf("%w: %w", c.kind(), c.detail()) }

// failed is the error of an operation that is not an exchange.
func failed(op string, err error) error {
	var c Code
	if !errors.As(err, &c) {
		return &card.Error{Op: op, Kind: card.ErrReader, Err: err}
	}
	return &card.Error{Op: op, Kind: c.kind(), Err: c.detail()}
}
