package signer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable makes text from outside safe to show. Whatever does not show as itself is written as an escape: control
// characters, the ones that turn the direction of writing around, invisible ones, bytes that are not UTF-8, and the
// backslash, so that two different texts never look the same for that reason. hidden says that there was something to
// hide; a backslash alone is not.
func Printable(s string) (text string, hidden bool) {
	text, hidden = escape(s)
	if !strings.ContainsRune(s, '\\') {
		return text, hidden
	}
	var b strings.Builder
	for i, part := range strings.Split(s, `\`) {
		if i > 0 {
			b.WriteString(`\\`)
		}
		escaped, _ := escape(part)
		b.WriteString(escaped)
	}
	return b.String(), hidden
}

// escape leaves a backslash alone, so that what was escaped once is not escaped again.
func escape(s string) (text string, hidden bool) {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
			i += n
			continue
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		hidden = true
		i += n
	}
	return b.String(), hidden
}
