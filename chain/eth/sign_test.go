package eth_test

import (
	"context"
	"errors"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"tapcard.example/card"
	"tapcard.example/chain/eth"
	"tapcard.example/signer"
)

// TestNothingSpoiltLeavesTheCard has a bad card sign each of the three things.
func TestNothingSpoiltLeavesTheCard(t *testing.T) {
	spoils := map[string]struct {
		spoil func(*signer.Signature)
		kind  error
	}{
		"flipped s": {func(s *signer.Signature) { s.S[31] ^= 1 }, card.ErrBadSignature},
		"high s":    {highS, card.ErrBadSignature},
		"wrong v":   {func(s *signer.Signature) { s.V ^= 1 }, card.ErrBadSignature},
		"other key": {func(s *signer.Signature) { *s = sign(keyFromHex(t, web3Key), [32]byte{1}) }, card.ErrCardMismatch},
	}
	for name, test := range spoils {
		s, f := newSigner(t, keyFromHex(t, anvilKey))
		f.spoil = test.spoil
		for what, try := range signAll(t, s) {
			if err := try(); !errors.Is(err, test.kind) {
				t.Errorf("%s, %s: %v", what, name, err)
			}
		}
	}
}

func highS(sig *signer.Signature) {
	var s secp256k1.ModNScalar
	s.SetBytes(&sig.S)
	s.Negate()
	sig.S = s.Bytes()
	sig.V ^= 1
}

func signAll(t *testing.T, s *signer.Signer) map[string]func() error {
	t.Helper()
	tx, errTx := eth.ParseTransaction([]byte(eip155JSON))
	m, errMessage := eth.NewMessage([]byte("hello"))
	d, errTyped := eth.ParseTypedData([]byte(readMail(t)))
	if err := errors.Join(errTx, errMessage, errTyped); err != nil {
		t.Fatal(err)
	}
	return map[string]func() error{
		"transaction": func() error { _, err := eth.SignTransaction(t.Context(), s, path(t), tx); return err },
		"message":     func() error { _, err := eth.SignMessage(t.Context(), s, path(t), m); return err },
		"typed data":  func() error { _, err := eth.SignTypedData(t.Context(), s, path(t), d); return err },
	}
}

func TestARefusalSignsNothing(t *testing.T) {
	s, f := newSigner(t, keyFromHex(t, anvilKey))
	s.Approve = func(context.Context, signer.Summary) error { return signer.ErrRefused }
	for what, try := range signAll(t, s) {
		if err := try(); !errors.Is(err, signer.ErrRefused) || f.sigs != 0 {
			t.Errorf("%s: %v after %d signatures", what, err, f.sigs)
		}
	}
}

func TestTheUserConfirmsANewKeyByItsAddress(t *testing.T) {
	s, _ := newSigner(t, keyFromHex(t, anvilKey))
	var shown []string
	s.Confirm = func(_ context.Context, k signer.NewKey) error {
		shown = append(shown, k.Address)
		return nil
	}
	for range 2 {
		if account, err := eth.Account(t.Context(), s, path(t)); err != nil || account.String() != anvilAccount {
			t.Errorf("%v, %v", account, err)
		}
	}
	if len(shown) != 1 || shown[0] != anvilAccount {
		t.Errorf("shown: %v", shown)
	}
}
