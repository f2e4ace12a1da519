package monitor_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"tapcard.example/pay/monitor"
	"tapcard.example/pay/vault"
	"tapcard.example/paycard/wire"
)

// here is tag 8 | chain 8 | vault 20.
func (w *world) here(tag string) []byte {
	return append(binary.BigEndian.AppendUint64([]byte(tag), w.v.ID), w.v.Address[:]...)
}

func (w *world) signed(k *vault.Key, message []byte) ([32]byte, []byte) {
	w.Helper()
	digest := sha256.Sum256(message)
	s := must[[65]byte](w.T)(k.Sign(digest))
	return digest, s[:]
}

// certified is evidence about the rogue's terminal, without anything that it signed.
func (w *world) certified(terminal *vault.Key) monitor.Evidence {
	message := append(append(w.here("TAPTRM\x00\x01"), w.rogue.Address[:]...), terminal.Address[:]...)
	_, s := w.signed(w.rogue, message)
	s[64] += 27
	return monitor.Evidence{Merchant: w.rogue.Address, Terminal: terminal.Address, Certificate: s}
}

// offered is an offer of the rogue's terminal, and its hash.
func (w *world) offered(terminal *vault.Key, amount uint64) (monitor.Offer, [32]byte) {
	o := monitor.Offer{ID: make(hexutil.Bytes, 16), Amount: amount, Items: "coffee", Time: 5, Expiry: 6}
	items := sha256.Sum256([]byte(o.Items))
	rest := sha256.Sum256(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(items[:], o.Time), o.Expiry))
	b := append(append(append(w.here("TAPOFR\x00\x01"), o.ID...), w.rogue.Address[:]...), terminal.Address[:]...)
	hash, s := w.signed(terminal, append(binary.BigEndian.AppendUint64(b, amount), rest[:]...))
	o.Signature = s
	return o, hash
}

// convicts proves evidence, first without and then with a key, and the stake is slashed once.
func (w *world) convicts(e monitor.Evidence) {
	w.Helper()
	text := must[[]byte](w.T)(json.Marshal(e))
	e = must[monitor.Evidence](w.T)(monitor.ParseEvidence(text))
	m := w.open()
	defer m.Close()
	must[[]monitor.Finding](w.T)(m.Round(w.Context(), nil))
	before := must[vault.Merchant](w.T)(w.v.Merchant(w.Context(), w.rogue.Address)).Stake
	for _, k := range []*vault.Key{nil, w.hunter} {
		found := must[monitor.Finding](w.T)(m.Convict(w.Context(), k, e))
		if want := map[bool]string{true: "provable", false: "proven"}[k == nil]; found.Kind != want {
			w.Fatal(found)
		}
	}
	after := must[vault.Merchant](w.T)(w.v.Merchant(w.Context(), w.rogue.Address)).Stake
	owed := must[uint64](w.T)(w.v.Owed(w.Context(), w.hunter.Address))
	if lost := before / 4; before-after != lost || owed != lost/10 {
		w.Fatalf("stake %d and then %d, reward %d", before, after, owed)
	}
	if _, err := m.Convict(w.Context(), w.hunter, e); err == nil {
		w.Fatal("it convicts twice")
	}
}

func TestTwoOffersOfOneIDConvictWithoutAVote(t *testing.T) {
	w, terminal := newWorld(t), named(t, "terminal")
	x, hash := w.offered(terminal, 20e6)
	y, _ := w.offered(terminal, 30e6)
	w.tomorrow(1)
	p, _ := w.sign(w.cards[0], w.rogue, 20e6)
	p.Order.Offer = hash
	must[*types.Receipt](t)(w.v.Pay(t.Context(), w.rich, p, wire.Sign(w.cards[0], p.Digest())))
	w.tomorrow(1)
	e, short := w.certified(terminal), x
	short.ID = short.ID[:15]
	for _, none := range [][]monitor.Offer{{x, x}, {short, short}, {short, x}} {
		m := w.open()
		must[[]monitor.Finding](t)(m.Round(t.Context(), nil))
		e.Offers = none
		if _, err := m.Convict(t.Context(), nil, e); !errors.Is(err, monitor.ErrNoEvidence) {
			t.Errorf("%v: %v", none, err)
		}
		m.Close()
	}
	e.Offers = []monitor.Offer{y, x}
	w.convicts(e)
}

func TestAWrongReceiptConvictsWithoutAVote(t *testing.T) {
	w, terminal := newWorld(t), named(t, "terminal")
	w.tomorrow(1)
	p, s := w.sign(w.cards[0], w.rogue, 20e6)
	must[*types.Receipt](t)(w.v.Pay(t.Context(), w.rich, p, s))
	w.tomorrow(1)
	e, digest := w.certified(terminal), p.Digest()
	_, signature := w.signed(terminal, binary.BigEndian.AppendUint64(append(w.here("TAPRCP\x00\x01"), digest[:]...), 2e6))
	e.Receipt = &monitor.Receipt{Card: address(w.cards[0]), Counter: p.Counter, Amount: 2e6, Signature: signature}
	w.convicts(e)
	m := w.open()
	defer m.Close()
	for name, change := range map[string]func(*monitor.Evidence){
		"the right amount":   func(e *monitor.Evidence) { e.Receipt.Amount = 20e6 },
		"another amount":     func(e *monitor.Evidence) { e.Receipt.Amount = 3e6 },
		"another terminal":   func(e *monitor.Evidence) { e.Terminal = common.Address{1} },
		"no such payment":    func(e *monitor.Evidence) { e.Receipt.Counter++ },
		"no whole signature": func(e *monitor.Evidence) { e.Receipt.Signature = e.Receipt.Signature[:64] },
	} {
		wrong, receipt := e, *e.Receipt
		wrong.Receipt = &receipt
		change(&wrong)
		if _, err := m.Convict(t.Context(), nil, wrong); !errors.Is(err, monitor.ErrNoEvidence) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoEvidenceIsSaid(t *testing.T) {
	for _, text := range []string{"", "{}", `{"offers":[{}]}`, `{"offers":[{},{}],"receipt":{}}`, `{"offer":[{},{}]}`,
		`{"offers":[{}],"receipt":{}}`} {
		if _, err := monitor.ParseEvidence([]byte(text)); !errors.Is(err, monitor.ErrNoEvidence) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
