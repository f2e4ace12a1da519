// Package applet is the card's side of linked backup, in software: everything PROTOCOL.md asks of a card. With package
// softcard around it, it is a whole card; on a real chip the same functions would be the firmware.
//
// To follow one command, start at ServeAPDU: chains are put together (transport.go), the channel is taken off
// (call.go), the table says what must have happened before (dispatch.go), and a file with the command's name does the
// rest. All that survives power is one state in one cell (state.go), so each command is one commit, all or nothing. The
// three that compare the access code have one more, before the comparison (compare.go).
//
//	c, err := applet.NewCard(applet.Options{Env: softcard.NewEnv(softcard.NewStore())})
//
// A new card is blank: it has made its own key, and waits for a maker to certify it. It takes only a certificate that
// says that it is software.
package applet
