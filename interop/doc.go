// Package interop puts software cards into a real PC/SC reader and lets programs that others wrote use them:
// keycard-go, keycard-sdk (JavaScript), keycard (Python) and go-ethereum's smart card wallet a Keycard,
// coinkite-tap-protocol (Python) the tap cards, all unmodified and installed by name. They are the judges of the card's
// side: none of the code that talks to the card here is ours. The judge of our host of tap cards is their maker's
// emulator, for whoever has it.
//
// There is nothing to import. `make test` runs the tests of this module; by hand, from the repository's root:
//
//	scripts/setup.sh && scripts/setup-interop.sh
//	cd interop && ../scripts/in-reader go test ./...
//
// Every client of a Keycard goes through the same scenario, as far as its API reaches, on each card profile it speaks,
// most also with the original's security holes open: from an empty card over pairing, PINs, keys and signatures to
// factory reset.
// It reports each step as one Step; the steps are checked against keys derived here from the same seed, whatever the
// client itself believes. Meanwhile a recorder at the applet writes each instruction and status word, encrypted ones
// included, to .cache/interop/CLIENT-CARD.tsv, and the test fails when an instruction the client should have sent is
// not in it.
package interop
