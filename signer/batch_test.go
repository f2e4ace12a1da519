package signer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tapcard.example/card"
	"tapcard.example/hd"
	"tapcard.example/signer"
)

// batchOf makes n items for the desk's card.
func batchOf(d *desk, n int) signer.Batch {
	b := signer.Batch{Summary: signer.Summary{Title: "Many things"}}
	for i := range n {
		b.Items = append(b.Items, signer.Item{Path: hd.Path{uint32(i)}, Digest: [32]byte{byte(i + 1)},
			PublicKey: publicKey(d.card.key)})
	}
	return b
}

func TestABatchIsApprovedOnceAndEverySignatureVerifies(t *testing.T) {
	d := newDesk(t)
	b := batchOf(d, 3)
	sigs, err := d.SignBatch(t.Context(), b)
	if err != nil || len(sigs) != 3 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	for i, sig := range sigs {
		if err := sig.Verify(b.Items[i].Digest, b.Items[i].PublicKey); err != nil {
			t.Errorf("signature %d: %v", i, err)
		}
	}
	if len(d.shown) != 1 || len(d.confirmed) != 0 || d.card.exports != 0 {
		t.Errorf("asked %d times, %d keys confirmed, %d exported", len(d.shown), len(d.confirmed), d.card.exports)
	}
	for _, want := range []string{"Many things", "blue (keycard 6d2ba0ff)", "Signatures: 3"} {
		if text := d.shown[0].String(); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestARefusedBatchNeverReachesTheCard(t *testing.T) {
	d := newDesk(t)
	d.answer = signer.ErrRefused
	if _, err := d.SignBatch(t.Context(), batchOf(d, 2)); !errors.Is(err, signer.ErrRefused) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
	d.Approve = nil
	if _, err := d.SignBatch(t.Context(), batchOf(d, 2)); !errors.Is(err, signer.ErrNobodyAsked) || d.card.sigs != 0 {
		t.Errorf("%v after %d signatures", err, d.card.sigs)
	}
}

func TestABatchForAnotherCardIsRefusedBeforeItIsShown(t *testing.T) {
	d := newDesk(t)
	b := batchOf(d, 2)
	if err := d.Keys.Remember(keyUID, b.Items[1].Path, publicKey(privateKey(9))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SignBatch(t.Context(), b); !errors.Is(err, card.ErrCardMismatch) || len(d.shown) != 0 {
		t.Errorf("%v, shown %d times", err, len(d.shown))
	}
}

func TestABatchKeepsTheGoodSignaturesBeforeABadOne(t *testing.T) {
	d := newDesk(t)
	d.card.spoil = func(_ *[32]byte, sig *signer.Signature) {
		if d.card.sigs == 3 {
			sig.S[31] ^= 1
		}
	}
	b := batchOf(d, 4)
	sigs, err := d.SignBatch(t.Context(), b)
	if !errors.Is(err, card.ErrBadSignature) || len(sigs) != 2 || d.card.sigs != 3 {
		t.Fatalf("%v with %d signatures of %d asked", err, len(sigs), d.card.sigs)
	}
	if !strings.Contains(err.Error(), "signature 3 of 4") {
		t.Errorf("which one failed is not said: %v", err)
	}
	if err := sigs[1].Verify(b.Items[1].Digest, b.Items[1].PublicKey); err != nil {
		t.Error(err)
	}
}

func TestABatchStopsWhenTheCallerGivesUp(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.card.spoil = func(_ *[32]byte, sig *signer.Signature) {
		if d.card.sigs == 2 {
			cancel()
		}
	}
	sigs, err := d.SignBatch(ctx, batchOf(d, 4))
	if !errors.Is(err, context.Canceled) || len(sigs) != 2 || d.card.sigs != 2 {
		t.Errorf("%v with %d signatures of %d asked", err, len(sigs), d.card.sigs)
	}
}

func TestABatchThatCannotBeSignedIsNotShown(t *testing.T) {
	d := newDesk(t)
	tests := map[string]struct {
		change func(*signer.Batch)
		kind   error
	}{
		"nothing":    {func(b *signer.Batch) { b.Items = nil }, card.ErrWrongData},
		"no key":     {func(b *signer.Batch) { b.Items[1].PublicKey = [65]byte{4} }, card.ErrWrongData},
		"a deep one": {func(b *signer.Batch) { b.Items[1].Path = make(hd.Path, 11) }, card.ErrUnsupported},
	}
	for name, test := range tests {
		b := batchOf(d, 2)
		test.change(&b)
		if _, err := d.SignBatch(t.Context(), b); !errors.Is(err, test.kind) || len(d.shown) != 0 {
			t.Errorf("%s: %v, shown %d times", name, err, len(d.shown))
		}
	}
}

func TestABatchCannotBeChangedWhileTheUserThinks(t *testing.T) {
	d := newDesk(t)
	b := batchOf(d, 1)
	approved := b.Items[0].Digest
	d.Approve = func(context.Context, signer.Summary) error {
		b.Items[0].Digest = [32]byte{0xff}
		return nil
	}
	sigs, err := d.SignBatch(t.Context(), b)
	if err != nil || sigs[0].Verify(approved, publicKey(d.card.key)) != nil {
		t.Errorf("something else than what was approved was signed: %v", err)
	}
}
