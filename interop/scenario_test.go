package interop

import (
	"crypto/sha256"
	"encoding/hex"
)

// What every card of this scenario is told. The seed is BIP-39's of the mnemonic that all of Ethereum's development
// tools know: eleven times "test", then "junk".
const (
	pin           = "246802"
	wrongPIN      = "135791"
	changedPIN    = "112233"
	unblockedPIN  = "424242"
	duressPIN     = "909090"
	puk           = "123456789012"
	wrongPUK      = "111111111111"
	changedPUK    = "210987654321"
	password      = "tapcard interop"
	wrongPassword = "tapcard imposter"
	nextPassword  = "tapcard interop, second password"
	seedHex       = "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185" +
		"d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0"

	pathFirst   = "m/44'/60'/0'/0/0" // its address is 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
	pathOther   = "m/44'/60'/0'/0/7"
	pathPinless = "m/44'/60'/0'/0/9"
	pathEIP1581 = "m/43'/60'/1581'/1'/0"

	dataHex = "74617063617264" // "tapcard"

	pinTries, pukTries           = 3, 5
	limitPINTries, limitPUKTries = 6, 9
)

// Step is what a client says about one thing it did. Fields that do not concern a step are left out; Error is the
// client's own complaint, and most steps must have none.
type Step struct {
	Name        string   `json:"step"`
	Error       string   `json:"error,omitempty"`
	Note        string   `json:"note,omitempty"`        // shown in the log: retries around a known defect
	Initialized *bool    `json:"initialized,omitempty"` // SELECT
	Version     string   `json:"version,omitempty"`     // SELECT: "2.3"
	Slots       *int     `json:"slots,omitempty"`       // SELECT: free pairing slots
	KeyUID      hexBytes `json:"keyUID,omitempty"`      // SELECT, LOAD KEY, GENERATE KEY
	PIN         *int     `json:"pin,omitempty"`         // tries left, from GET STATUS or a wrong-PIN error
	PUK         *int     `json:"puk,omitempty"`
	Key         *bool    `json:"key,omitempty"`     // GET STATUS: a key is loaded
	Tries       []int    `json:"tries,omitempty"`   // tries left after each wrong code
	Path        string   `json:"path,omitempty"`    // GET STATUS P1=01
	Indexes     []int    `json:"indexes,omitempty"` // GENERATE MNEMONIC
	Digest      hexBytes `json:"digest,omitempty"`  // SIGN
	R           hexBytes `json:"r,omitempty"`
	S           hexBytes `json:"s,omitempty"`
	Public      hexBytes `json:"public,omitempty"` // SIGN, EXPORT KEY
	Private     hexBytes `json:"private,omitempty"`
	Chain       hexBytes `json:"chain,omitempty"`
	Data        hexBytes `json:"data,omitempty"`      // GET DATA, READ BINARY
	Authority   hexBytes `json:"authority,omitempty"` // IDENT: the authority's compressed public key
}

// plan is what a driver in another language is told, on its standard input.
type plan struct {
	Profile       string `json:"profile"`
	PIN           string `json:"pin"`
	WrongPIN      string `json:"wrongPIN"`
	ChangedPIN    string `json:"changedPIN"`
	UnblockedPIN  string `json:"unblockedPIN"`
	DuressPIN     string `json:"duressPIN"`
	PUK           string `json:"puk"`
	WrongPUK      string `json:"wrongPUK"`
	ChangedPUK    string `json:"changedPUK"`
	Password      string `json:"password"`
	WrongPassword string `json:"wrongPassword"`
	NextPassword  string `json:"nextPassword"`
	Seed          string `json:"seed"`
	Master        string `json:"master"` // private key of the seed
	Chain         string `json:"chain"`
	PathFirst     string `json:"pathFirst"`
	PathOther     string `json:"pathOther"`
	PathPinless   string `json:"pathPinless"`
	PathEIP1581   string `json:"pathEIP1581"`
	NDEF          string `json:"ndef"` // the file, its two length bytes included
	Data          string `json:"data"`
	LimitPIN      int    `json:"limitPIN"`
	LimitPUK      int    `json:"limitPUK"`
}

func newPlan(profile string, k *keys) plan {
	return plan{
		Profile: profile, PIN: pin, WrongPIN: wrongPIN, ChangedPIN: changedPIN, UnblockedPIN: unblockedPIN,
		DuressPIN: duressPIN, PUK: puk, WrongPUK: wrongPUK, ChangedPUK: changedPUK,
		Password: password, WrongPassword: wrongPassword, NextPassword: nextPassword,
		Seed: seedHex, Master: hex.EncodeToString(k.private("m")), Chain: hex.EncodeToString(k.chain("m")),
		PathFirst: pathFirst, PathOther: pathOther, PathPinless: pathPinless, PathEIP1581: pathEIP1581,
		NDEF: hex.EncodeToString(ndefFile()), Data: dataHex, LimitPIN: limitPINTries, LimitPUK: limitPUKTries,
	}
}

// digest is what the step of that name signs: the same in every language.
func digest(step string) []byte {
	h := sha256.Sum256([]byte(step))
	return h[:]
}

// ndefFile is one NDEF URI record (NFC Forum RTD URI, prefix 04 "https://") behind its two length bytes.
func ndefFile() []byte {
	const uri = "tapcard.example"
	record := append([]byte{0xD1, 0x01, byte(1 + len(uri)), 'U', 0x04}, uri...)
	return append([]byte{0, byte(len(record))}, record...)
}

// hexBytes is a byte string that travels as hexadecimal digits.
type hexBytes []byte

// MarshalText encodes.
func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// UnmarshalText decodes.
func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}
