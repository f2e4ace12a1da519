package wire

// Kind sorts error codes by what a program can do about them. The host turns kinds into its own errors.
type Kind int

// The kinds of error codes.
const (
	KindUnexpected   Kind = iota // this code means nothing that is known
	KindUnlucky                  // once more, at once
	KindBadArguments             // the request is wrong
	KindBadAuth                  // the CVC is wrong, or the session is with another card or an old nonce
	KindNeedsAuth                // the CVC is missing
	KindUnknown                  // this product or firmware does not have the command
	KindNever                    // not on this card any more
	KindState                    // not in the card's present state
	KindWeakNonce                // the nonce is not random
	KindBadCBOR                  // the card cannot read the request
	KindBackupFirst              // backup must come before
	KindRateLimited              // wait must come before
	KindInternal                 // the card failed
)

// Error codes (Tap protocol, "List of Errors"). 500 is what an error without a code counts as.
const (
	CodeUnlucky        = 205
	CodeBadArguments   = 400
	CodeBadAuth        = 401
	CodeNeedsAuth      = 403
	CodeUnknownCommand = 404
	CodeInvalidCommand = 405
	CodeInvalidState   = 406
	CodeWeakNonce      = 417
	CodeBadCBOR        = 422
	CodeBackupFirst    = 425
	CodeRateLimited    = 429
	CodeInternal       = 500
)

// Meaning is what an error code says.
type Meaning struct {
	Code int
	Kind Kind
	Card string // what the card says, in the words of the protocol document
	Text string // one line, lower case, no full stop
	// Again says that the same request may be sent again as it is, at once, and may succeed.
	Again bool
}

// codes is the table of error codes (Tap protocol, "List of Errors").
var codes = []Meaning{
	{Code: CodeUnlucky, Kind: KindUnlucky, Card: "unlucky number", Again: true,
		Text: "the card drew an unlucky random number; asking again helps"},
	{Code: CodeBadArguments, Kind: KindBadArguments, Card: "bad arguments",
		Text: "the card refuses the arguments of the command"},
	{Code: CodeBadAuth, Kind: KindBadAuth, Card: "bad auth",
		Text: "the CVC is wrong, or the card or its nonce changed meanwhile"},
	{Code: CodeNeedsAuth, Kind: KindNeedsAuth, Card: "needs auth", Text: "the command needs the CVC"},
	{Code: CodeUnknownCommand, Kind: KindUnknown, Card: "unknown command",
		Text: "this product or its firmware does not have the command"},
	{Code: CodeInvalidCommand, Kind: KindNever, Card: "invalid command",
		Text: "not possible on this card any more; there is no point in trying again"},
	{Code: CodeInvalidState, Kind: KindState, Card: "invalid state",
		Text: "not possible in the card's present state"},
	{Code: CodeWeakNonce, Kind: KindWeakNonce, Card: "weak nonce", Text: "the nonce is not random enough"},
	{Code: CodeBadCBOR, Kind: KindBadCBOR, Card: "bad CBOR", Text: "the card could not read the request"},
	{Code: CodeBackupFirst, Kind: KindBackupFirst, Card: "backup first",
		Text: "the card wants a backup to be made before its CVC is changed"},
	{Code: CodeRateLimited, Kind: KindRateLimited, Card: "rate limited",
		Text: "too many wrong CVCs; wait must run first"},
	{Code: CodeInternal, Kind: KindInternal, Card: "internal error", Text: "the card failed"},
}

// Codes returns the table of error codes, ordered by code. The caller may change the slice.
func Codes() []Meaning { return append([]Meaning(nil), codes...) }

// CodeMeaning explains an error code in general; see Spec.Meaning for what it says about one command.
func CodeMeaning(code int) (Meaning, bool) {
	for _, m := range codes {
		if m.Code == code {
			return m, true
		}
	}
	return Meaning{}, false
}
