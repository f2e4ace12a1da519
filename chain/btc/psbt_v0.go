package btc

import (
	"fmt"

	"github.com/btcsuite/btcd/wire/v2"
)

// The types that only version 2 has (BIP-370, "Specification").
var (
	onlyV2Global = []byte{globalTxVersion, globalLockTime, globalInputCount, globalOutputCount, globalModifiable}
	onlyV2Input  = []byte{inPreviousID, inOutputIndex, inSequence, inTimeLock, inHeightLock}
	onlyV2Output = []byte{outAmount, outScript}
)

// The types that btcd's psbt reads: BIP-174 and the taproot ones of BIP-371. It gets no others, because it would
// drop parts of keys that it does not know.
var (
	readGlobal = []byte{globalUnsignedTx, globalXPub}
	readInput  = []byte{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18}
	readOutput = []byte{0x00, 0x01, 0x02, 0x05, 0x06, 0x07}
)

// unsignedV0 is the transaction of a version 0 PSBT.
func (p *Packet) unsignedV0() (*wire.MsgTx, error) {
	raw, ok := p.global.get(globalUnsignedTx)
	if !ok {
		return nil, fmt.Errorf("%w: there is no transaction in it", ErrPSBT)
	}
	tx, err := decodeUnsigned(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPSBT, err)
	}
	for i, in := range tx.TxIn {
		if len(in.SignatureScript) != 0 {
			return nil, fmt.Errorf("%w: input %d of its transaction is signed", ErrPSBT, i)
		}
	}
	return tx, nil
}

// checkV0 refuses the fields of version 2: a reader that knows only the one version would go by other amounts.
func (p *Packet) checkV0() error {
	if kind, ok := p.global.hasAny(onlyV2Global...); ok {
		return fmt.Errorf("%w: global field %#02x is of version 2", ErrPSBT, kind)
	}
	for i, m := range p.inputs {
		if kind, ok := m.hasAny(onlyV2Input...); ok {
			return fmt.Errorf("%w: field %#02x of input %d is of version 2", ErrPSBT, kind, i)
		}
	}
	for i, m := range p.outputs {
		if kind, ok := m.hasAny(onlyV2Output...); ok {
			return fmt.Errorf("%w: field %#02x of output %d is of version 2", ErrPSBT, kind, i)
		}
	}
	return nil
}

// transaction is the unsigned transaction of either version.
func (p *Packet) transaction() (*wire.MsgTx, error) {
	if p.version == 2 {
		return p.unsignedV2()
	}
	if err := p.checkV0(); err != nil {
		return nil, err
	}
	return p.unsignedV0()
}

// asV0 encodes what btcd's psbt can read of the packet, as version 0 (BIP-370, "Backwards Compatibility").
func (p *Packet) asV0(tx *wire.MsgTx) []byte {
	v0 := Packet{global: pairs{{[]byte{globalUnsignedTx}, encodeUnsigned(tx)}}}
	v0.global = append(v0.global, p.global.only(readGlobal[1:]...)...)
	for _, m := range p.inputs {
		v0.inputs = append(v0.inputs, m.only(readInput...))
	}
	for _, m := range p.outputs {
		v0.outputs = append(v0.outputs, m.only(readOutput...))
	}
	return v0.Bytes()
}

// ToV0 converts to version 0, for programs that know no other. What only version 2 can say is lost: which parts may
// still be changed, and why the lock time is what it is.
func (p *Packet) ToV0() (*Packet, error) {
	v0 := &Packet{global: p.global.without(append([]byte{globalVersion}, onlyV2Global...)...)}
	v0.global.set([]byte{globalUnsignedTx}, encodeUnsigned(p.fields.UnsignedTx))
	for _, m := range p.inputs {
		v0.inputs = append(v0.inputs, m.without(onlyV2Input...))
	}
	for _, m := range p.outputs {
		v0.outputs = append(v0.outputs, m.without(onlyV2Output...))
	}
	return v0, v0.refresh()
}
