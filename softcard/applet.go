package softcard

import (
	"context"

	"tapcard.example/iso7816"
)

// Applet answers commands, as an http.Handler answers requests. It is a pure function of its state and the command:
// what must survive power-off is in Cells of a Store, what must not is in the Session.
//
// The first command an applet sees after it was selected is the SELECT itself (INS A4, P1 04); its answer is the
// answer to SELECT. ctx ends when the card leaves the field.
type Applet interface {
	ServeAPDU(ctx context.Context, s *Session, c iso7816.Command) iso7816.Response
}

// AppletFunc makes an Applet of a function.
type AppletFunc func(ctx context.Context, s *Session, c iso7816.Command) iso7816.Response

// ServeAPDU calls f.
func (f AppletFunc) ServeAPDU(ctx context.Context, s *Session, c iso7816.Command) iso7816.Response {
	return f(ctx, s, c)
}
