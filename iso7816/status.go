package iso7816

import "fmt"

// Status is a status word, SW1 and SW2. It is no error: what a status word means depends on the command.
type Status uint16

// Status words of ISO/IEC 7816-4:2020 §5.6 that the applets of this module use.
const (
	OK                     Status = 0x9000
	MoreData               Status = 0x6100 // 61xx: xx bytes wait for GET RESPONSE
	CounterZero            Status = 0x63C0 // 63Cx: x tries remain
	WrongLength            Status = 0x6700
	LastChainedExpected    Status = 0x6883
	ChainingNotSupported   Status = 0x6884
	SecurityNotSatisfied   Status = 0x6982
	AuthenticationBlocked  Status = 0x6983
	ReferenceDataUnusable  Status = 0x6984
	ConditionsNotSatisfied Status = 0x6985
	CommandNotAllowed      Status = 0x6986
	WrongData              Status = 0x6A80
	FunctionNotSupported   Status = 0x6A81
	FileNotFound           Status = 0x6A82
	NotEnoughSpace         Status = 0x6A84
	WrongP1P2              Status = 0x6A86
	ReferenceNotFound      Status = 0x6A88
	WrongParameters        Status = 0x6B00
	WrongLe                Status = 0x6C00 // 6Cxx: repeat with Le = xx
	InsNotSupported        Status = 0x6D00
	ClaNotSupported        Status = 0x6E00
	Internal               Status = 0x6F00
)

// String is the four hexadecimal digits.
func (s Status) String() string { return fmt.Sprintf("%04X", uint16(s)) }

// SW1 is the first byte of the status word.
func (s Status) SW1() byte { return byte(s >> 8) }

// SW2 is the second byte of the status word.
func (s Status) SW2() byte { return byte(s) }

// TriesLeft reads 63Cx, the answer to a wrong PIN: the tries that remain, 0 to 15.
func (s Status) TriesLeft() (n int, ok bool) {
	if s&0xFFF0 != CounterZero {
		return 0, false
	}
	return int(s & 0x0F), true
}
