package btc

import (
	"slices"

	"tapcard.example/hd"
)

// Origins lists the keys that the inputs of a PSBT name, by master key and path, each once and in order of appearance.
// It is how a signer finds out which accounts of a card it needs.
func (p *Packet) Origins() []KeyOrigin {
	var all []KeyOrigin
	for _, in := range p.fields.Inputs {
		for _, d := range in.Bip32Derivation {
			o := KeyOrigin{psbtFingerprint(d.MasterKeyFingerprint), hd.Path(d.Bip32Path)}
			same := func(other KeyOrigin) bool {
				return other.Fingerprint == o.Fingerprint && slices.Equal(other.Path, o.Path)
			}
			if !slices.ContainsFunc(all, same) {
				all = append(all, o)
			}
		}
	}
	return all
}
