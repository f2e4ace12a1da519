// Package applet is the payment card itself: an applet made of software that answers every command of PROTOCOL.md.
//
//	a, err := applet.New(applet.Options{Env: softcard.NewEnv(store)})
//	mux.Handle(wire.AID(), a) // a Keycard applet may be on the same card
//
// # What it promises
//
// All it must not forget is in one cell of the store, and PAY is one commit: counter, velocity, time, log and signature
// change together or not at all. So power can be cut at any time, and the counter, what was spent, and the last time
// never go back, and no two signatures have the same counter. The signature leaves the card after the commit; if the
// answer is lost, the same payment asked again gets the same signature.
//
// A guard that cannot decide refuses: a missing display has not confirmed, a missing token has no time.
//
// # Time
//
// The card has no clock. It knows the time of the last token, and payments without one happened after it, nobody knows
// when. They count in full until the next token, and then as if they had happened at its time, the latest that can be.
// So the real amount within any window is never more than the limit.
//
// # Randomness
//
// In this order, in bytes: New 16 instance UID, 32 channel key; INIT 32 payment key, 32 blind key; PAIR 32 challenge,
// 32 salt; OPEN SECURE CHANNEL 48; MUTUALLY AUTHENTICATE 32; CHALLENGE 16; FACTORY RESET as New. Signatures are
// deterministic (RFC 6979).
package applet
