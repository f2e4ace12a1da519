// Package trust is what a user believes about cards, for all kinds of cards in one place: which authorities vouch for
// genuine ones (roots), what the user calls each card (labels), and which card was used last.
//
//	store, err := trust.Open(path)
//	name, ok := store.Authority("keycard", caKey)   // may this key vouch for a Keycard?
//	err = store.SetLabel("keycard", uid, "travel")
//
// The makers' production roots are built in and cannot be removed. What the user adds is kept in one JSON file with
// mode 0600: it holds no secrets, but who can write it decides which card counts as genuine. No root that was made for
// tests is ever built in, this project's own included; a software card is never genuine.
package trust
