package btc

import (
	"context"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"tapcard.example/signer"
)

// Result is what became of a PSBT.
type Result struct {
	Review   *Review
	Signed   int  // signatures added
	Complete bool // nothing is missing any more: Finalize will succeed
}

// Sign has the card of s sign every input that is for w, after one approval, and adds the signatures to the PSBT. Which
// inputs those are and what is refused is said at Review; ErrNotOurs means that there is nothing to sign.
//
// When the card fails on the way, the signatures made until then are in the PSBT, and the Result counts them.
func (p *Packet) Sign(ctx context.Context, s *signer.Signer, w Wallet, o Options) (Result, error) {
	r, err := p.Review(w, o)
	if err != nil {
		return Result{Review: r}, err
	}
	if len(r.items) == 0 {
		return Result{Review: r}, p.whyNothing(r)
	}
	signatures, err := s.SignBatch(ctx, signer.Batch{Items: r.items, Summary: r.Summary})
	for i, sig := range signatures {
		t := r.targets[i]
		p.inputs[t.input].set(append([]byte{inPartialSig}, t.public[:]...), append(encodeDER(sig), byte(t.kind)))
		p.markSigned(byte(t.kind))
	}
	if refreshed := p.refresh(); err == nil {
		err = refreshed
	}
	return Result{Review: r, Signed: len(signatures), Complete: p.complete()}, err
}

// whyNothing is the error when no signature is to be made. It names the master keys that the PSBT wants, because the
// usual reason is another card, or the right one with another wallet on it.
func (p *Packet) whyNothing(r *Review) error {
	for _, in := range r.Inputs {
		if in.Ours || in.Done {
			return fmt.Errorf("%w: it is signed already", ErrNotOurs)
		}
	}
	for _, in := range p.fields.Inputs {
		for _, d := range in.Bip32Derivation {
			return fmt.Errorf("%w: it is for the master key %x", ErrNotOurs, psbtFingerprint(d.MasterKeyFingerprint))
		}
	}
	return fmt.Errorf("%w: it does not say whose the coins are (bip32_derivation)", ErrNotOurs)
}

// encodeDER writes a signature as scripts want it (BIP-66).
func encodeDER(sig signer.Signature) []byte {
	var r, s secp256k1.ModNScalar
	r.SetBytes(&sig.R)
	s.SetBytes(&sig.S)
	return ecdsa.NewSignature(&r, &s).Serialize()
}
