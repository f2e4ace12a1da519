package applet

import "tapcard.example/cktap/wire"

// certs shows the certificates (Tap protocol, certs).
func (c *call) certs() (answer, error) {
	var a wire.CertsAnswer
	for _, cert := range c.state().Certificates {
		a.Chain = append(a.Chain, wire.Certificate(cert))
	}
	if c.a.profile.CertsShowNonce {
		a.CardNonce = c.v.nonce
	}
	return a, nil
}
