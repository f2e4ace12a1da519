package btc

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

// lockTimeIsTime is where lock times stop being heights of blocks and become seconds since 1970 (BIP-65).
const lockTimeIsTime = 500_000_000

// countsV2 reads how many inputs and outputs a version 2 PSBT has.
func (p *Packet) countsV2() (inputs, outputs int, err error) {
	if inputs, err = p.countV2(globalInputCount); err != nil {
		return 0, 0, err
	}
	outputs, err = p.countV2(globalOutputCount)
	return inputs, outputs, err
}

func (p *Packet) countV2(kind byte) (int, error) {
	value, ok := p.global.get(kind)
	if !ok {
		return 0, missing(kind, "the transaction")
	}
	n, size, ok := compact(value)
	if !ok || size != len(value) || n > maxPSBT {
		return 0, fmt.Errorf("%w: field %#02x is not a count", ErrPSBT, kind)
	}
	return int(n), nil
}

func missing(kind byte, of string) error {
	return fmt.Errorf("%w: field %#02x of %s is missing", ErrPSBT, kind, of)
}

// unsignedV2 makes the transaction of a version 2 PSBT from its fields (BIP-370, "Transaction Extractor").
func (p *Packet) unsignedV2() (*wire.MsgTx, error) {
	if _, ok := p.global.hasAny(globalUnsignedTx); ok {
		return nil, fmt.Errorf("%w: version 2 with a whole transaction in it", ErrPSBT)
	}
	version, ok, err := p.global.number(globalTxVersion)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, missing(globalTxVersion, "the transaction")
	}
	if flags, ok := p.global.get(globalModifiable); ok && len(flags) != 1 {
		return nil, fmt.Errorf("%w: field %#02x has %d bytes, not 1", ErrPSBT, globalModifiable, len(flags))
	}
	tx := wire.NewMsgTx(int32(version))
	if tx.LockTime, err = p.lockTimeV2(); err != nil {
		return nil, err
	}
	for i, m := range p.inputs {
		in, err := inputV2(m, fmt.Sprintf("input %d", i))
		if err != nil {
			return nil, err
		}
		tx.AddTxIn(in)
	}
	for i, m := range p.outputs {
		out, err := outputV2(m, fmt.Sprintf("output %d", i))
		if err != nil {
			return nil, err
		}
		tx.AddTxOut(out)
	}
	return tx, nil
}

func inputV2(m pairs, name string) (*wire.TxIn, error) {
	id, ok := m.get(inPreviousID)
	if !ok || len(id) != chainhash.HashSize {
		return nil, missing(inPreviousID, name)
	}
	index, ok, err := m.number(inOutputIndex)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, missing(inOutputIndex, name)
	}
	in := wire.NewTxIn(wire.NewOutPoint((*chainhash.Hash)(id), index), nil, nil)
	sequence, ok, err := m.number(inSequence)
	if ok {
		in.Sequence = sequence
	}
	return in, err
}

func outputV2(m pairs, name string) (*wire.TxOut, error) {
	amount, ok := m.get(outAmount)
	if !ok || len(amount) != 8 {
		return nil, missing(outAmount, name)
	}
	script, ok := m.get(outScript)
	if !ok {
		return nil, missing(outScript, name)
	}
	return wire.NewTxOut(int64(binary.LittleEndian.Uint64(amount)), script), nil
}

// lockTimeV2 determines the lock time (BIP-370, "Determining Lock Time"): the latest that any input requires, of the
// kind that all inputs which require one can take, heights before times; the fallback when none requires any.
func (p *Packet) lockTimeV2() (uint32, error) {
	var height, seconds uint32
	required, heightFits, timeFits := false, true, true
	for i, m := range p.inputs {
		h, hasHeight, err := m.number(inHeightLock)
		if err != nil || hasHeight && (h == 0 || h >= lockTimeIsTime) {
			return 0, fmt.Errorf("%w: input %d requires a height that is none", ErrPSBT, i)
		}
		s, hasTime, err := m.number(inTimeLock)
		if err != nil || hasTime && s < lockTimeIsTime {
			return 0, fmt.Errorf("%w: input %d requires a time that is none", ErrPSBT, i)
		}
		if !hasHeight && !hasTime {
			continue
		}
		required = true
		heightFits, timeFits = heightFits && hasHeight, timeFits && hasTime
		height, seconds = max(height, h), max(seconds, s)
	}
	switch {
	case !required:
		fallback, _, err := p.global.number(globalLockTime)
		return fallback, err
	case heightFits:
		return height, nil
	case timeFits:
		return seconds, nil
	}
	return 0, fmt.Errorf("%w: one input requires a height to wait for and another a time", ErrPSBT)
}

// ToV2 converts to version 2.
func (p *Packet) ToV2() (*Packet, error) {
	if p.version == 2 {
		return ParsePSBT(p.Bytes())
	}
	tx := p.fields.UnsignedTx
	v2 := &Packet{version: 2, global: p.global.without(globalUnsignedTx)}
	v2.global.set([]byte{globalTxVersion}, littleEndian(uint32(tx.Version)))
	v2.global.set([]byte{globalLockTime}, littleEndian(tx.LockTime))
	v2.global.set([]byte{globalInputCount}, appendCompact(nil, len(tx.TxIn)))
	v2.global.set([]byte{globalOutputCount}, appendCompact(nil, len(tx.TxOut)))
	v2.global.set([]byte{globalVersion}, littleEndian(2))
	for i, in := range tx.TxIn {
		m := append(pairs(nil), p.inputs[i]...)
		m.set([]byte{inPreviousID}, append([]byte(nil), in.PreviousOutPoint.Hash[:]...))
		m.set([]byte{inOutputIndex}, littleEndian(in.PreviousOutPoint.Index))
		m.set([]byte{inSequence}, littleEndian(in.Sequence))
		v2.inputs = append(v2.inputs, m)
	}
	for i, out := range tx.TxOut {
		m := append(pairs(nil), p.outputs[i]...)
		m.set([]byte{outAmount}, binary.LittleEndian.AppendUint64(nil, uint64(out.Value)))
		m.set([]byte{outScript}, out.PkScript)
		v2.outputs = append(v2.outputs, m)
	}
	return v2, v2.refresh()
}

// markSigned says in a version 2 PSBT what a signature for the whole transaction means: nothing in it may be changed
// any more, unless the signature leaves it open (BIP-370, "Signer").
func (p *Packet) markSigned(hashType byte) {
	flags, ok := p.global.get(globalModifiable)
	if !ok {
		return
	}
	const inputs, outputs, single = 1, 2, 4
	const hashNone, hashSingle, anyoneCanPay = 2, 3, 0x80
	now := flags[0]
	if hashType&anyoneCanPay == 0 {
		now &^= inputs
	}
	if hashType&0x1f != hashNone {
		now &^= outputs
	}
	if hashType&0x1f == hashSingle {
		now |= single
	}
	p.global.set([]byte{globalModifiable}, []byte{now})
}
