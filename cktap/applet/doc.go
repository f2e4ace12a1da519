// Package applet is a tap card made of software: SATSCARD, TAPSIGNER or SATSCHIP, for tests and development.
//
//	card, label, err := applet.NewCard(applet.Options{
//		Product: wire.Tapsigner,
//		Factory: factory, // signs its certificates
//		Env:     softcard.NewEnv(softcard.NewStore()),
//	})
//
// Label is what is printed on the back of a real card: the CVC, and the key of backups. The card's certificates lead to
// the root of a [Factory] of one's own, never to the maker's: no software card is genuine, and a host must be told to
// trust it.
//
// A [Profile] is a firmware with every oddity of its wire: 0.9.0, 1.0.0, 1.0.3, and the maker's public emulator, which
// differs from the documents and from real cards in some twenty ways. Where the documents and the emulator disagree,
// the firmware profiles follow the documents, but for the signer of a TAPSIGNER's derive, where the maker says that the
// document is wrong.
//
// What a command changes is one commit. A command with the CVC has two: the attempt is counted before the CVC is
// compared, and the count is cleared in the same commit that does what was asked. So whoever cuts the power in between
// has lost an attempt, and has gained nothing. The limit after three wrong CVCs survives power-off, the nonce does not.
//
// testdata/conditions.tsv lists every answer, precondition and effect, and where it comes from.
package applet
