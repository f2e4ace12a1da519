package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"tapcard.example/iso7816"
)

// Field is one line of a readable trace.
type Field struct{ Name, Value string }

// Describe says in words what an exchange with a tap card was about, for traces and logs. It works by a list of what
// may be shown, never by removing what must not: names of commands, slots, paths, versions, counters, blanked
// addresses, the card's name, and error codes. CVCs, private keys, digests and chain codes are on no list even under
// their pads, nor are nonces, signatures and public keys, so they cannot appear.
func Describe(c iso7816.Command, r iso7816.Response) []Field {
	if IsSelect(c) {
		return append([]Field{{"command", "SELECT"}}, describeAnswer(r)...)
	}
	if c.INS != InsTap {
		return []Field{{"command", fmt.Sprintf("unknown, INS %02X", c.INS)}, {"status word", r.SW.String()}}
	}
	return append(describeRequest(c.Data), describeAnswer(r)...)
}

// shownRequest is what may be shown of a request.
type shownRequest struct {
	Cmd     string          `cbor:"cmd"`
	Slot    *int            `cbor:"slot"`
	Path    []uint32        `cbor:"path"`
	Subpath []uint32        `cbor:"subpath"`
	Master  *bool           `cbor:"master"`
	Proof   cbor.RawMessage `cbor:"xcvc"` // whether it is there
}

func describeRequest(body []byte) []Field {
	var q shownRequest
	if err := unmarshal(body, &q); err != nil {
		return []Field{{"command", fmt.Sprintf("unreadable, %d bytes", len(body))}}
	}
	l := list{{"command", "unknown"}}
	if spec, ok := Lookup(q.Cmd); ok {
		l[0].Value = spec.Name
	}
	l.number("slot", q.Slot)
	l.path("path", q.Path)
	l.path("subpath", q.Subpath)
	l.truth("master", q.Master)
	l.add(q.Proof != nil, "CVC", "given")
	return l
}

// shownAnswer is what may be shown of an answer.
type shownAnswer struct {
	Code      *int              `cbor:"code"`
	Version   string            `cbor:"ver"`
	Birth     *int              `cbor:"birth"`
	PublicKey cbor.RawMessage   `cbor:"pubkey"` // shown as the card's name, in the answer to status only
	Slots     []int             `cbor:"slots"`
	Address   string            `cbor:"addr"`
	Tapsigner bool              `cbor:"tapsigner"`
	Satschip  bool              `cbor:"satschip"`
	Backups   *int              `cbor:"num_backups"`
	Path      []uint32          `cbor:"path"`
	Testnet   bool              `cbor:"testnet"`
	Delay     *int              `cbor:"auth_delay"`
	Tampered  bool              `cbor:"tampered"`
	Slot      *int              `cbor:"slot"`
	Sealed    *bool             `cbor:"sealed"`
	Used      *bool             `cbor:"used"`
	Success   *bool             `cbor:"success"`
	Chain     []cbor.RawMessage `cbor:"cert_chain"`
	URL       string            `cbor:"url"`
}

func describeAnswer(r iso7816.Response) []Field {
	var a shownAnswer
	if r.SW != iso7816.OK {
		return []Field{{"status word", r.SW.String()}}
	}
	if err := unmarshal(r.Data, &a); err != nil {
		return []Field{{"answer", fmt.Sprintf("unreadable, %d bytes", len(r.Data))}}
	}
	if err := ParseError(r.Data); err != nil {
		return []Field{{"error", err.Error()}}
	}
	var l list
	l.status(a)
	l.number("slot", a.Slot)
	l.truth("sealed", a.Sealed)
	l.truth("used", a.Used)
	l.truth("success", a.Success)
	l.number("wait, seconds", a.Delay)
	l.add(a.Tampered, "tampered", "true")
	l.add(len(a.Chain) > 0, "certificates", strconv.Itoa(len(a.Chain)))
	l.url(a.URL)
	if len(l) == 0 {
		l.add(true, "answer", fmt.Sprintf("%d bytes", len(r.Data)))
	}
	return l
}

// list collects fields.
type list []Field

func (l *list) add(shown bool, name, value string) {
	if shown {
		*l = append(*l, Field{name, value})
	}
}

func (l *list) number(name string, n *int) {
	if n != nil {
		l.add(true, name, strconv.Itoa(*n))
	}
}

func (l *list) truth(name string, b *bool) {
	if b != nil {
		l.add(true, name, strconv.FormatBool(*b))
	}
}

func (l *list) path(name string, p []uint32) {
	l.add(p != nil && len(p) <= MaxDepth, name, FormatPath(p))
}

// status shows what is in the answer to status, and little of it in other answers.
func (l *list) status(a shownAnswer) {
	_, err := ParseVersion(a.Version)
	if err == nil {
		product := StatusAnswer{Tapsigner: a.Tapsigner, Satschip: a.Satschip}.Product()
		l.add(true, "product", product.String())
		l.add(true, "firmware", a.Version)
		var key PublicKey
		l.add(key.UnmarshalCBOR(a.PublicKey) == nil && key.compressed(), "card", Ident(key))
	}
	l.number("birth", a.Birth)
	l.add(len(a.Slots) == 2, "slots", strings.Trim(fmt.Sprint(a.Slots), "[]"))
	l.add(addressLike(a.Address), "address", BlankAddress(a.Address))
	l.number("backups", a.Backups)
	l.path("path", a.Path)
	l.add(a.Testnet, "testnet", "true")
}

// addressLike says whether a text has an address's length and letters, so that a card cannot write into a trace.
func addressLike(s string) bool {
	odd := func(r rune) bool { return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }
	return len(s) > 2*blankEnds && len(s) <= maxText && !slices.ContainsFunc([]rune(s), odd)
}

// url shows what a URL says, without what identifies this reading of it.
func (l *list) url(s string) {
	if u, err := ParseURL(s); err == nil {
		l.add(true, "URL", fmt.Sprintf("state %c, slot %d", u.State, u.Slot))
		return
	}
	l.add(s != "", "URL", fmt.Sprintf("unreadable, %d characters", len(s)))
}
