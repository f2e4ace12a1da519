package applet_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/softcard"
)

// model is what a card should remember, in the simplest terms; the machine below asks card and model the same.
type model struct {
	*kit
	attempts, delay int
	slots           [10]wire.SlotState
	current         int
	hasKey          bool
	path            []uint32
	backups         int
	cvc             string
}

// expect gives the code that a command with this CVC should be answered, after arguments were found good; do says what
// happens past the CVC: the code, and the change to the model.
func (m *model) expect(t *rapid.T, cvc string, do func() int) int {
	if m.delay > 0 {
		return 429
	}
	if cvc != m.cvc {
		if m.attempts < 3 {
			m.attempts++
		}
		if m.attempts == 3 {
			m.delay = 15
		}
		return 401
	}
	m.attempts = 0
	return do()
}

// answered compares an answer with the model.
func (m *model) answered(t *rapid.T, what string, body []byte, want int) {
	if got := m.code(body); got != want {
		t.Fatalf("%s: %d, the model says %d", what, got, want)
	}
}

// drawCVC is usually the right one.
func (m *model) drawCVC(t *rapid.T) string {
	longer := (m.cvc + "1")[:min(len(m.cvc)+1, wire.MaxCVC)]
	return rapid.SampledFrom([]string{m.cvc, m.cvc, m.cvc, m.cvc, wrongCVC, longer}).Draw(t, "cvc")
}

func (m *model) wait(t *rapid.T) {
	n := rapid.SampledFrom([]int{1, 15}).Draw(t, "waits")
	for range n {
		a := parsed(m.kit, wire.ParseWaitAnswer, m.send(wire.WaitRequest{}))
		if m.delay = max(0, m.delay-1); a.AuthDelay != m.delay {
			t.Fatalf("delay %d, not %d", a.AuthDelay, m.delay)
		}
	}
}

func (m *model) power(*rapid.T) {
	before := m.nonce
	m.card.Reset()
	if m.sel(); m.nonce == before {
		m.Fatal("the nonce survived")
	}
}

func (m *model) newKey(t *rapid.T) {
	cvc, slot := m.drawCVC(t), rapid.SampledFrom([]int{m.current, m.current, 0, 3}).Draw(t, "slot")
	body := m.send(wire.NewRequest{Slot: &slot, ChainCode: theChain, Auth: m.authWith("new", cvc, m.nonce)})
	m.answered(t, "new", body, m.expect(t, cvc, func() int {
		switch {
		case m.product.Signer() && m.hasKey, !m.product.Signer() && m.slots[9] == wire.SlotUnsealed:
			return 405
		case slot != m.current:
			return 400
		case !m.product.Signer() && m.slots[m.current] == wire.SlotSealed:
			return 406
		}
		m.slots[m.current], m.hasKey, m.path = wire.SlotSealed, true, wire.DefaultPath()
		return 0
	}))
}

func (m *model) unseal(t *rapid.T) {
	cvc, slot := m.drawCVC(t), rapid.SampledFrom([]int{m.current, m.current, m.current, 0, 5}).Draw(t, "slot")
	body := m.send(wire.UnsealRequest{Slot: &slot, Auth: m.authWith("unseal", cvc, m.nonce)})
	m.answered(t, "unseal", body, m.expect(t, cvc, func() int {
		switch {
		case m.slots[9] == wire.SlotUnsealed:
			return 405
		case slot != m.current:
			return 400
		case m.slots[slot] != wire.SlotSealed:
			return 406
		}
		m.slots[slot] = wire.SlotUnsealed
		m.current++
		return 0
	}))
}

func (m *model) sign(t *rapid.T) {
	cvc, slot := m.drawCVC(t), 0
	if !m.product.Signer() {
		slot = rapid.IntRange(0, 10).Draw(t, "slot")
	}
	a := m.authWith("sign", cvc, m.nonce)
	body := m.send(wire.SignRequest{Slot: &slot, Digest: m.session.Pad32(theDigest), Auth: a})
	m.answered(t, "sign", body, m.expect(t, cvc, func() int {
		switch {
		case slot > 9:
			return 400
		case m.product.Signer() && !m.hasKey, !m.product.Signer() && m.slots[slot] != wire.SlotUnsealed:
			return 406
		}
		return 0
	}))
	if m.code(body) == 0 {
		s := parsed(m.kit, wire.ParseSignAnswer, body)
		m.verifies(s.Signature, theDigest, s.PublicKey)
	}
}

func (m *model) derivePath(t *rapid.T) {
	cvc := m.drawCVC(t)
	path := rapid.SliceOfN(rapid.Uint32Range(hard, 1<<32-1), 0, 8).Draw(t, "path")
	a := m.authWith("derive", cvc, m.nonce)
	body := m.send(wire.DeriveRequest{Nonce: theNonce, Path: append([]uint32{}, path...), Auth: a})
	m.answered(t, "derive", body, m.expect(t, cvc, func() int {
		if !m.hasKey {
			return 406
		}
		m.path = path
		return 0
	}))
}

func (m *model) change(t *rapid.T) {
	cvc := m.drawCVC(t)
	fresh := rapid.StringMatching(`[0-9]{6,32}`).Draw(t, "new CVC")
	a := m.authWith("change", cvc, m.nonce)
	body := m.send(wire.ChangeRequest{NewCVC: m.kit.session.Pad([]byte(fresh)), Auth: a})
	m.answered(t, "change", body, m.expect(t, cvc, func() int {
		if m.product == wire.Tapsigner && m.backups == 0 {
			return 425
		}
		m.cvc = fresh
		return 0
	}))
}

func (m *model) backup(t *rapid.T) {
	cvc := m.drawCVC(t)
	body := m.send(wire.BackupRequest{Auth: m.authWith("backup", cvc, m.nonce)})
	if m.product == wire.Satschip {
		m.answered(t, "backup", body, 404)
		return
	}
	m.answered(t, "backup", body, m.expect(t, cvc, func() int {
		if !m.hasKey {
			return 406
		}
		m.backups++
		return 0
	}))
}

// tear sends sign with the right CVC and loses power at a commit: an attempt is counted, or nothing, or all.
func (m *model) tear(t *rapid.T) {
	if m.delay > 0 || m.product.Signer() && !m.hasKey || !m.product.Signer() && m.slots[0] != wire.SlotUnsealed {
		return
	}
	commit := rapid.IntRange(1, 2).Draw(t, "commit")
	fault := rapid.SampledFrom([]softcard.Fault{softcard.CutBefore, softcard.CutAfter}).Draw(t, "fault")
	m.torn(wire.SignRequest{Digest: theDigest, Auth: m.authWith("sign", m.cvc, m.nonce)}, commit, fault)
	switch {
	case commit == 1 && fault == softcard.CutBefore:
	case commit == 2 && fault == softcard.CutAfter:
		m.attempts = 0
	default:
		m.expect(t, "", nil)
	}
	m.card.PowerOn()
	m.sel()
}

// agree compares all that can be seen.
func (m *model) agree(t *rapid.T) {
	a := parsed(m.kit, wire.ParseStatusAnswer, m.send(wire.StatusRequest{}))
	mem := m.memory()
	if a.AuthDelay != m.delay || mem.Attempts != m.attempts || !bytes.Equal(mem.CVC, []byte(m.cvc)) {
		t.Fatalf("delay %d, attempts %d; the model has %d and %d", a.AuthDelay, mem.Attempts, m.delay, m.attempts)
	}
	if m.product.Signer() {
		if a.HasKey() != m.hasKey || m.hasKey && !slices.Equal(a.Path, m.path) || mem.Backups != m.backups {
			t.Fatalf("%+v; the model has %v", a, m.path)
		}
		return
	}
	if a.Slot() != m.current || a.HasKey() != (m.current < 10 && m.slots[m.current] == wire.SlotSealed) {
		t.Fatalf("%+v; the model is at slot %d", a, m.current)
	}
	for i, want := range m.slots {
		if got := parsed(m.kit, wire.ParseDumpAnswer, m.dumpSlot(i)).State(); got != want {
			t.Fatalf("slot %d is %v; the model has %v", i, got, want)
		}
	}
}

func TestCardsAgreeWithAModelWhateverHappens(t *testing.T) {
	for _, product := range []wire.Product{wire.Satscard, wire.Tapsigner, wire.Satschip} {
		t.Run(product.String(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				m := &model{kit: newKit(t, product, applet.V1_0_3), cvc: theCVC}
				actions := map[string]func(*rapid.T){"": m.agree, "wait": m.wait, "power": m.power, "new": m.newKey,
					"sign": m.sign, "tear": m.tear}
				if product.Signer() {
					actions["derive"], actions["change"], actions["backup"] = m.derivePath, m.change, m.backup
				} else {
					m.slots[0] = wire.SlotSealed
					actions["unseal"] = m.unseal
				}
				rt.Repeat(actions)
			})
		})
	}
}
