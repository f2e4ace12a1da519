package applet_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"reflect"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
)

// witness knows everything that ever happened to the cards of a world, and checks the invariants of PROTOCOL.md after
// every command. It looks into the cards' memory, which nobody in the protocol can.
type witness struct {
	*world
	cards     []*soft
	last      map[*soft]inside
	links     map[*soft]map[string]bool
	gone      map[*soft][][]byte // key bytes that a reset must have destroyed
	committed []committed
	bundles   [][]byte
	answers   map[string][]byte // of commands that are answered again with the same bytes
}

// committed is what a source gave, when it gave it.
type committed struct {
	private, chain, code []byte
	set                  []wire.Key
	pairs                [][32]byte
}

func watch(w *world, cards ...*soft) *witness {
	t := &witness{world: w, cards: cards, last: map[*soft]inside{}, links: map[*soft]map[string]bool{},
		gone: map[*soft][][]byte{}, answers: map[string][]byte{}}
	for _, c := range cards {
		c.witness = t
		t.last[c], t.links[c] = c.inside(), map[string]bool{}
	}
	return t
}

// saw checks the invariants after a command to c. r is the answer in the clear; r.SW is 0 when there was none.
func (t *witness) saw(c *soft, cmd iso7816.Command, r iso7816.Response) {
	t.Helper()
	before, now := t.last[c], c.inside()
	changed := !reflect.DeepEqual(before, now)
	if r.SW != 0 && r.SW != iso7816.OK && changed && !costsTry(cmd) && cmd.INS != wire.InsWait {
		t.Errorf("invariant 8: card %s refused INS %02X with %v and changed", c.name, cmd.INS, r.SW)
	}
	t.last[c] = now
	t.leaks(c, r)
	t.rises(c, cmd, before, now)
	t.givesOnce(c, cmd, before, now)
	t.takesWhole(c, before, now)
	t.forgets(c, before, now)
	t.holders()
	t.repeats(c, cmd, r)
}

func costsTry(cmd iso7816.Command) bool {
	return cmd.INS == wire.InsVerify || cmd.INS == wire.InsChange || cmd.INS == wire.InsReset
}

// leaks: invariant 2, as far as bytes in the clear go, also those in the channel.
func (t *witness) leaks(c *soft, r iso7816.Response) {
	t.Helper()
	for _, other := range t.cards {
		in := t.last[other]
		secrets := append([][]byte{in.CardPrivate}, in.linkKeys()...)
		if in.Wallet != nil {
			secrets = append(secrets, in.Wallet.Private, in.Code)
		}
		for _, s := range secrets {
			if bytes.Contains(r.Data, s) {
				t.Errorf("invariant 2: card %s gave a secret of card %s away", c.name, other.name)
			}
		}
	}
}

// linkKeys are the private link keys that the card may have: those of a run that is open. A card that has given or
// taken a key has none.
func (in inside) linkKeys() [][]byte {
	if in.Run == nil || in.Link != nil {
		return nil
	}
	return in.Run.Links
}

// rises: invariant 3. A card that was reset, or is keyless, starts again; nothing else lowers the backup state.
func (t *witness) rises(c *soft, cmd iso7816.Command, before, now inside) {
	t.Helper()
	if before.Link != nil && !reflect.DeepEqual(before.Link, now.Link) && cmd.INS != wire.InsReset {
		t.Errorf("invariant 3: INS %02X changed the set of card %s", cmd.INS, c.name)
	}
	if before.Wallet != nil && !reflect.DeepEqual(before.Wallet, now.Wallet) && cmd.INS != wire.InsReset {
		t.Errorf("invariant 3: INS %02X changed the key of card %s", cmd.INS, c.name)
	}
}

// givesOnce notes what a source commits, and that it commits once.
func (t *witness) givesOnce(c *soft, cmd iso7816.Command, before, now inside) {
	t.Helper()
	if before.Link != nil || now.Link == nil || now.Link.Slot != 0 {
		return
	}
	for _, earlier := range t.committed {
		if bytes.Equal(earlier.private, now.Wallet.Private) {
			t.Errorf("invariant 1: card %s gave its key twice", c.name)
		}
	}
	g := committed{private: now.Wallet.Private, chain: now.Wallet.Chain, code: now.Code, set: now.Link.Set}
	for _, raw := range now.Link.Bundles {
		b, err := wire.ParseBundle(raw)
		must(t, err)
		g.pairs, t.bundles = append(g.pairs, b.Pair), append(t.bundles, raw)
		if !wire.SetHas(now.Link.Set, b.Card, c.info.Card) || !t.genuine(b.Card) {
			t.Errorf("invariant 2: card %s made a bundle for a stranger", c.name)
		}
	}
	t.committed = append(t.committed, g)
}

// genuine says whether a key is that of a card, and not of something that the host has made up.
func (t *witness) genuine(k wire.Key) bool {
	for _, c := range t.cards {
		if c.info.Card == k {
			return true
		}
	}
	return false
}

// takesWhole: invariant 4. A key comes to a card at once, with the code and the set of its source, or not at all.
func (t *witness) takesWhole(c *soft, before, now inside) {
	t.Helper()
	if (now.Wallet == nil) != (len(now.Code) == 0) || now.Wallet == nil && now.Link != nil {
		t.Errorf("invariant 4: card %s has half a wallet", c.name)
	}
	if before.Link != nil || now.Link == nil || now.Link.Slot == 0 {
		return
	}
	for _, g := range t.committed {
		if bytes.Equal(g.private, now.Wallet.Private) {
			if !bytes.Equal(g.chain, now.Wallet.Chain) || !bytes.Equal(g.code, now.Code) ||
				!reflect.DeepEqual(g.set, now.Link.Set) || !wire.SetHas(g.set, c.info.Card) {
				t.Errorf("invariant 4: card %s took something else than was given", c.name)
			}
			return
		}
	}
	t.Errorf("invariant 4: card %s took a key that nobody gave", c.name)
}

// forgets: invariants 6 and 9. Key bytes that were there and are gone are nowhere in the memory, and nothing in it
// opens a bundle. The card's own memory is compared in full: a stored key would be 32 of its bytes in a row.
func (t *witness) forgets(c *soft, before, now inside) {
	t.Helper()
	for _, k := range now.linkKeys() {
		t.links[c][string(k)] = true
	}
	if before.Wallet != nil && now.Wallet == nil {
		t.gone[c] = append(t.gone[c], before.Wallet.Private, before.Wallet.Chain, before.Code)
	}
	if now.Wallet != nil { // it may come back, as a backup of another card
		t.gone[c] = nil
	}
	all := allBytes(t, c.memory())
	for k := range t.links[c] {
		open := false
		for _, have := range now.linkKeys() {
			open = open || string(have) == k
		}
		if !open && bytes.Contains(all, []byte(k)) {
			t.Errorf("invariant 9: card %s remembers a link key after its run", c.name)
		}
	}
	for _, k := range t.gone[c] {
		if bytes.Contains(all, k) {
			t.Errorf("invariant 6: card %s remembers its key after a reset", c.name)
		}
	}
}

// noTransportKeys: the other half of invariant 9. It is slow, so it is for the end of a test.
func (t *witness) noTransportKeys() {
	t.Helper()
	for _, c := range t.cards {
		all := allBytes(t, c.memory())
		for _, raw := range t.bundles {
			b, err := wire.ParseBundle(raw)
			must(t, err)
			aad := append([]byte("tapcard linked backup 1: ENC"), b.Size, b.Slot)
			for _, k := range b.Set {
				aad = append(aad, k[:]...)
			}
			for i := 0; i+32 <= len(all); i++ {
				if opens(all[i:i+32], b.Nonce[:], b.Enc[:], aad) {
					t.Errorf("invariant 9: card %s remembers K_trans", c.name)
				}
			}
		}
	}
}

func opens(key, nonce, enc, aad []byte) bool {
	block, err := aes.NewCipher(key)
	if err != nil {
		return false
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return false
	}
	_, err = gcm.Open(nil, nonce, enc, aad)
	return err == nil
}

// holders: invariant 1. A key that its card made is on that card alone, or on members of the set it was given to.
func (t *witness) holders() {
	t.Helper()
	count := map[string]int{}
	for _, c := range t.cards {
		if w := t.last[c].Wallet; w != nil {
			count[string(w.Private)]++
		}
	}
	for private, n := range count {
		allowed := 1
		for _, g := range t.committed {
			if string(g.private) == private {
				allowed = len(g.set)
			}
		}
		if n > allowed {
			t.Errorf("invariant 1: %d cards hold a key that %d may hold", n, allowed)
		}
	}
}

// repeats: what is answered again is answered with the same bytes. The key is the card, the run and the command.
func (t *witness) repeats(c *soft, cmd iso7816.Command, r iso7816.Response) {
	t.Helper()
	in := t.last[c]
	if cmd.INS != wire.InsBegin && cmd.INS != wire.InsJoin && cmd.INS != wire.InsCommit || r.SW != iso7816.OK {
		return
	}
	run, err := json.Marshal([]any{c.name, cmd.INS, cmd.P1, cmd.Data, in.Run, in.Wallet})
	must(t, err)
	if old, ok := t.answers[string(run)]; ok && !bytes.Equal(old, r.Data) {
		t.Errorf("invariant 5: card %s answered INS %02X anew", c.name, cmd.INS)
	}
	t.answers[string(run)] = r.Data
}

// allBytes decodes every byte string in a memory and joins them.
func allBytes(t interface{ Fatal(...any) }, memory string) (all []byte) {
	var v any
	if err := json.Unmarshal([]byte(memory), &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				if n, ok := x.(float64); ok { // keys are arrays of numbers
					all = append(all, byte(n))
				}
				walk(x)
			}
		case string:
			b, err := base64.StdEncoding.DecodeString(v)
			if err != nil {
				t.Fatal("the memory has text: ", v)
			}
			all = append(all, b...)
		}
	}
	walk(v)
	return all
}
