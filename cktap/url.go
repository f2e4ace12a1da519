package cktap

import (
	"context"
	"errors"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/iso7816"
)

// URL is what a card shows to a phone, verified.
type URL struct {
	Text   string // with https:// and the maker's site in front, which no signature covers
	URL    wire.URL
	Signed wire.Signed
}

// URL reads the URL that the card shows when it is tapped, and verifies its signature (Tap protocol, nfc): on a
// TAPSIGNER by this card's key, on a SATSCARD by the key of the address it shows, which must be the one in the status.
// It says nothing about the maker. One command.
func (c *Card) URL(ctx context.Context) (URL, error) {
	body, err := c.exchange(ctx, wire.CmdNFC, func() (iso7816.Command, error) { return wire.NFCRequest{}.Command() })
	if err != nil {
		return URL{}, err
	}
	a, err := wire.ParseNFCAnswer(body)
	if err != nil {
		return URL{}, bad(wire.CmdNFC, err)
	}
	u, err := wire.ParseURL(a.URL)
	if err != nil {
		return URL{}, bad(wire.CmdNFC, err)
	}
	signed, err := u.Verify()
	if err != nil {
		return URL{}, failure(wire.CmdNFC, card.ErrBadSignature, err)
	}
	if err := c.ownURL(u, signed); err != nil {
		return URL{}, failure(wire.CmdNFC, card.ErrCardMismatch, err)
	}
	return URL{wire.URLScheme + u.String(c.Product()), u, signed}, nil
}

// ownURL compares a verified URL with the card it came from.
func (c *Card) ownURL(u wire.URL, signed wire.Signed) error {
	switch {
	case u.Signer != c.Product().Signer():
		return errors.New("the URL is that of another product")
	case u.Signer && signed.Key != c.status.PublicKey:
		return errors.New("the URL is signed by another card")
	case u.Signer:
		return nil
	case u.State == wire.URLSealed && u.Slot == c.status.Slot() && c.status.HasKey() &&
		!wire.MatchesBlanked(signed.Address, c.status.Address):
		return ErrAddress
	}
	return nil
}
