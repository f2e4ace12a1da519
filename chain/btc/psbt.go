package btc

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/wire/v2"
)

var magic = []byte("psbt\xff")

// Packet is a PSBT of version 0 or 2. It keeps every pair it was read with, known or not. It is used by one goroutine
// at a time.
type Packet struct {
	version         int
	global          pairs
	inputs, outputs []pairs

	fields *psbt.Packet // the same as version 0, read by btcd: what everything but the codec looks at
}

// ParsePSBT reads a PSBT: as bytes, in hex or in base64. It fails with ErrPSBT for whatever BIP-174 and BIP-370 call
// invalid, and for more than 16 MiB.
func ParsePSBT(data []byte) (*Packet, error) {
	raw, err := undress(data)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, magic) {
		return nil, fmt.Errorf("%w: it does not begin with the bytes of one", ErrPSBT)
	}
	r := &reader{raw[len(magic):]}
	p := &Packet{}
	if p.global, err = readMap(r); err != nil {
		return nil, err
	}
	inputs, outputs, err := p.readGlobals(len(r.rest))
	if err != nil {
		return nil, err
	}
	if p.inputs, err = readMaps(r, inputs); err != nil {
		return nil, err
	}
	if p.outputs, err = readMaps(r, outputs); err != nil {
		return nil, err
	}
	if len(r.rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes follow it", ErrPSBT, len(r.rest))
	}
	return p, p.refresh()
}

// undress finds out how a PSBT is written down, and copies it.
func undress(data []byte) ([]byte, error) {
	if len(data) > 2*maxPSBT {
		return nil, fmt.Errorf("%w: %d bytes", ErrPSBT, len(data))
	}
	if bytes.HasPrefix(data, magic) {
		return bytes.Clone(data), nil
	}
	text := string(bytes.TrimSpace(data))
	if raw, err := hex.DecodeString(text); err == nil {
		return raw, nil
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: neither bytes nor hex nor base64 of one", ErrPSBT)
	}
	return raw, nil
}

// readGlobals learns the version and the number of maps that follow. left is how many bytes there are: a map takes one.
func (p *Packet) readGlobals(left int) (inputs, outputs int, err error) {
	version, _, err := p.global.number(globalVersion)
	if err != nil {
		return 0, 0, err
	}
	p.version = int(version)
	switch p.version {
	case 0:
		tx, err := p.unsignedV0()
		if err != nil {
			return 0, 0, err
		}
		inputs, outputs = len(tx.TxIn), len(tx.TxOut)
	case 2:
		if inputs, outputs, err = p.countsV2(); err != nil {
			return 0, 0, err
		}
	default:
		return 0, 0, fmt.Errorf("%w: version %d; 0 and 2 are known", ErrPSBT, version)
	}
	if inputs > left || outputs > left {
		return 0, 0, fmt.Errorf("%w: %d inputs and %d outputs in %d bytes", ErrPSBT, inputs, outputs, left)
	}
	return inputs, outputs, nil
}

func readMaps(r *reader, n int) ([]pairs, error) {
	maps := make([]pairs, n)
	for i := range maps {
		var err error
		if maps[i], err = readMap(r); err != nil {
			return nil, err
		}
	}
	return maps, nil
}

// refresh reads the fields again after the maps changed.
func (p *Packet) refresh() error {
	tx, err := p.transaction()
	if err != nil {
		return err
	}
	if err := p.checkTransactions(); err != nil {
		return err
	}
	if err := p.checkNames(); err != nil {
		return err
	}
	fields, err := psbt.NewFromRawBytes(bytes.NewReader(p.asV0(tx)), false)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPSBT, err)
	}
	p.fields = fields
	return nil
}

// checkTransactions decodes the previous transactions with the care that btcd's psbt does not take.
func (p *Packet) checkTransactions() error {
	for i, m := range p.inputs {
		raw, ok := m.get(inPreviousTx)
		if !ok {
			continue
		}
		if _, err := DecodeTransaction(raw); err != nil {
			return fmt.Errorf("%w: input %d: %w", ErrPSBT, i, err)
		}
	}
	return nil
}

// maxNames is how many keys a PSBT may name. Each costs the multiplication of a point, or several; the largest
// transactions that nodes pass on have a tenth as many.
const maxNames = 10_000

func (p *Packet) checkNames() error {
	names := 0
	for _, m := range p.inputs {
		names += len(m.only(inDerivation))
	}
	for _, m := range p.outputs {
		names += len(m.only(outDerivation))
	}
	if names > maxNames {
		return fmt.Errorf("%w: it names %d keys", ErrPSBT, names)
	}
	return nil
}

// Version is 0 or 2.
func (p *Packet) Version() int { return p.version }

// Unsigned is a copy of the transaction that is being signed.
func (p *Packet) Unsigned() *wire.MsgTx { return p.fields.UnsignedTx.Copy() }

// Bytes encodes the PSBT.
func (p *Packet) Bytes() []byte {
	out := p.global.append(bytes.Clone(magic))
	for _, maps := range [][]pairs{p.inputs, p.outputs} {
		for _, m := range maps {
			out = m.append(out)
		}
	}
	return out
}

// Base64 encodes the PSBT as text, the form in which wallets pass it around.
func (p *Packet) Base64() string { return base64.StdEncoding.EncodeToString(p.Bytes()) }

// NewPSBT makes a PSBT of version 0 for a transaction without signatures.
func NewPSBT(tx *wire.MsgTx) (*Packet, error) {
	p := &Packet{inputs: make([]pairs, len(tx.TxIn)), outputs: make([]pairs, len(tx.TxOut))}
	p.global.set([]byte{globalUnsignedTx}, encodeUnsigned(tx))
	return p, p.refresh()
}

func littleEndian(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
