// Package trace records what passes between a host and a card, replays it, and makes it readable.
//
// A trace is a text file of lines, so that it can be read, compared and sent with a bug report:
//
//	# tapcard trace 1
//	# reader: Virtual PCD 00 00
//	# atr: 3B8001...
//	> 00A4040009A00000080400010101
//	< A4618F10...9000 +1.204ms
//	; SELECT, 9 bytes -> 99 bytes, 9000; version 2.3; slots 5
//	> 8020000020...
//	< ...9000 +0.310ms
//	; VERIFY PIN, 32 bytes -> 32 bytes, 9000
//	;; VERIFY PIN, 6 bytes -> 0 bytes, 63C2; tries left 2
//
// Lines with > and < are the raw exchange. What begins with ; explains it for people; ;; is the plaintext that
// travelled inside a secure channel. Of that, only what a Describe function allows by name is ever written: values are
// printed because a field is known to be public, never left out because one looks secret.
package trace
