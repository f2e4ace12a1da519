package wire

import "tapcard.example/iso7816"

// DeriveRequest asks a SATSCARD for what its payment address is derived from, and has a TAPSIGNER derive the key at
// Path and stay there (Tap protocol, derive).
type DeriveRequest struct {
	Nonce []byte `cbor:"nonce,omitzero"` // 16 random bytes; see WeakNonce
	// Path is for TAPSIGNER and SATSCHIP: up to 8 hardened components. Empty is m; nil leaves the path as it is.
	Path []uint32 `cbor:"path,omitzero"`
	Auth
}

func (r *DeriveRequest) check() error { return needNonce(r.Nonce, r.fields()...) }

// Command is the request as an APDU; the path must be ValidPath.
func (r DeriveRequest) Command() (iso7816.Command, error) {
	if err := need(field{"path", ValidPath(r.Path)}); err != nil {
		return iso7816.Command{}, err
	}
	return request(CmdDerive, r)
}

// ParseDeriveRequest is the card's side. ErrFormat is a 400; so is a path that is not ValidPath, which is let through.
func ParseDeriveRequest(body []byte) (DeriveRequest, error) { return decode[DeriveRequest](body) }

// SatscardDerivation is a SATSCARD's answer to derive. The signature is over DeriveDigest, by the slot's master key;
// the payment address belongs to the child m/0 of master key and chain code.
type SatscardDerivation struct {
	Signature    Signature `cbor:"sig"`
	ChainCode    Bytes32   `cbor:"chain_code"`
	CardNonce    Nonce     `cbor:"card_nonce,omitzero"`
	MasterPublic PublicKey `cbor:"master_pubkey"`
}

func (a *SatscardDerivation) check() error {
	return need(
		field{"sig", a.Signature != Signature{}},
		field{"chain_code", a.ChainCode != Bytes32{}},
		field{"master_pubkey", a.MasterPublic.compressed()},
	)
}

// Encode is the card's side.
func (a SatscardDerivation) Encode() ([]byte, error) { return encode(a) }

// ParseSatscardDerivation reads the answer; nothing is verified yet.
func ParseSatscardDerivation(body []byte) (SatscardDerivation, error) {
	return decodeAnswer[SatscardDerivation](body)
}

// SignerDerivation is the answer of TAPSIGNER and SATSCHIP to derive. ChainCode and PublicKey are those of the derived
// key. See DeriveDigest for what the signature says, and what it does not.
type SignerDerivation struct {
	Signature    Signature `cbor:"sig"`
	ChainCode    Bytes32   `cbor:"chain_code"`
	MasterPublic PublicKey `cbor:"master_pubkey"`
	PublicKey    PublicKey `cbor:"pubkey"`
	CardNonce    Nonce     `cbor:"card_nonce,omitzero"`
}

func (a *SignerDerivation) check() error {
	return need(
		field{"sig", a.Signature != Signature{}},
		field{"chain_code", a.ChainCode != Bytes32{}},
		field{"master_pubkey", a.MasterPublic.compressed()},
		field{"pubkey", a.PublicKey.compressed()},
	)
}

// Encode is the card's side.
func (a SignerDerivation) Encode() ([]byte, error) { return encode(a) }

// ParseSignerDerivation reads the answer; nothing is verified yet.
func ParseSignerDerivation(body []byte) (SignerDerivation, error) {
	return decodeAnswer[SignerDerivation](body)
}
