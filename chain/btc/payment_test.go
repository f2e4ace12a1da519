package btc_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/psbt/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"tapcard.example/chain/btc"
	"tapcard.example/hd"
)

// payment builds PSBTs with btcd's own code, as another wallet would. What is wrong with one is for the tests to add.
type payment struct {
	t      testing.TB
	tx     *wire.MsgTx
	inputs []psbt.PInput
	outs   []psbt.POutput
}

func newPayment(t testing.TB) *payment { return &payment{t: t, tx: wire.NewMsgTx(2)} }

// name is a key as a PSBT names it.
type name struct {
	master [4]byte
	path   hd.Path
	public [33]byte
}

// derive names the key of a master key at a path.
func derive(t testing.TB, m *hd.Key, at string) name {
	t.Helper()
	k, err := m.Derive(path(t, at))
	if err != nil {
		t.Fatal(err)
	}
	return name{m.Fingerprint(), path(t, at), k.Compressed()}
}

func derivations(names []name) []*psbt.Bip32Derivation {
	var all []*psbt.Bip32Derivation
	for _, n := range names {
		all = append(all, &psbt.Bip32Derivation{PubKey: bytes.Clone(n.public[:]), Bip32Path: n.path,
			MasterKeyFingerprint: binary.LittleEndian.Uint32(n.master[:])})
	}
	return all
}

// spend adds a coin of some satoshi, locked by a script, which names its keys.
func (p *payment) spend(sat int64, script btc.Script, names ...name) *psbt.PInput {
	from := wire.NewMsgTx(2)
	from.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{byte(len(p.inputs) + 1)}, 0), nil, nil))
	from.AddTxOut(wire.NewTxOut(1000, []byte{0x51}))
	from.AddTxOut(wire.NewTxOut(sat, script.Output))
	id := from.TxHash()
	p.tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&id, 1), nil, nil))
	p.inputs = append(p.inputs, psbt.PInput{NonWitnessUtxo: from, WitnessUtxo: from.TxOut[1], RedeemScript: script.Redeem,
		WitnessScript: script.Witness, Bip32Derivation: derivations(names)})
	return &p.inputs[len(p.inputs)-1]
}

// pay adds an output.
func (p *payment) pay(sat int64, script []byte, names ...name) *psbt.POutput {
	p.tx.AddTxOut(wire.NewTxOut(sat, script))
	p.outs = append(p.outs, psbt.POutput{Bip32Derivation: derivations(names)})
	return &p.outs[len(p.outs)-1]
}

// bytes encodes with btcd.
func (p *payment) bytes() []byte {
	p.t.Helper()
	made := psbt.Packet{UnsignedTx: p.tx, Inputs: p.inputs, Outputs: p.outs}
	var b bytes.Buffer
	if err := made.Serialize(&b); err != nil {
		p.t.Fatal(err)
	}
	return b.Bytes()
}

// packet encodes with btcd and reads with btc.
func (p *payment) packet() *btc.Packet {
	p.t.Helper()
	read, err := btc.ParsePSBT(p.bytes())
	if err != nil {
		p.t.Fatal(err)
	}
	return read
}

// keyScript is the script of one key.
func keyScript(t testing.TB, kind btc.ScriptType, n name) btc.Script {
	t.Helper()
	s, err := btc.KeyScript(kind, n.public)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stranger is where payments go.
func stranger(t testing.TB) []byte {
	return keyScript(t, btc.P2WPKH, derive(t, master(t, 99), "m/0")).Output
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
