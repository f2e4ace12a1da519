package applet_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
	"tapcard.example/softcard"
)

// adversary is a phone that does what it likes with five cards: it knows the codes, keeps every message it has seen,
// delivers any of them to any card, in any order and as often as it wants, changes them, mixes their fields, aborts,
// resets, and cuts the power. The witness checks every command.
type adversary struct {
	*rapid.T
	w       *world
	witness *witness
	cards   []*soft
	codes   map[*soft]string
	offers  []wire.Offer
	joins   []wire.Join
	bundles []wire.Bundle
	genuine map[string]bool      // every message that a card has made, as bytes
	made    map[string]wire.Join // by offer
}

// fiveCards are the memories of certified cards, the same for every run: to make them anew would take longer than the
// adversary does.
var fiveCards = func() func(t *rapid.T) []string {
	var memories []string
	return func(t *rapid.T) []string {
		w := newWorld(t, 30)
		for i := len(memories); i < 5; i++ {
			memories = append(memories, w.empty(fmt.Sprint("card ", i)).memory())
		}
		return memories
	}
}()

func newAdversary(t *rapid.T) *adversary {
	w := newWorld(t, 30)
	a := &adversary{T: t, w: w, codes: map[*soft]string{}, genuine: map[string]bool{},
		made: map[string]wire.Join{}}
	for i, memory := range fiveCards(t) {
		a.cards = append(a.cards, w.restored(fmt.Sprint("card ", i), memory))
	}
	a.witness = watch(w, a.cards...)
	a.activate(a.cards[0])
	return a
}

func (a *adversary) pick(what string, n int) int { return rapid.IntRange(0, n-1).Draw(a.T, what) }

func (a *adversary) any() *soft { return a.cards[a.pick("card", len(a.cards))] }

// step is one thing the adversary does.
func (a *adversary) step() {
	c := a.any()
	switch a.pick("step", 16) {
	default:
		a.push(c)
	case 1:
		a.activate(c)
	case 2:
		a.begin(c)
	case 3, 4:
		a.join(c)
	case 5, 6:
		a.commit(c)
	case 7, 8:
		a.take(c)
	case 9:
		a.end(c)
	case 10:
		a.otherwise(c)
	case 11:
		k, fault := 1+a.pick("commit", 2), softcard.CutBefore+softcard.Fault(a.pick("side", 2))
		c.store.Inject(softcard.CutAt(k, fault))
	}
}

// push does what an honest host would do next for a card: without it, hardly any run would get as far as a bundle.
func (a *adversary) push(c *soft) {
	switch c.tap().info.State {
	case wire.Active:
		a.begin(c)
	case wire.Offering:
		a.pushOffering(c)
	case wire.Source:
		for _, b := range a.bundles {
			if b.Card == c.info.Card {
				continue
			}
			for _, member := range a.cards {
				if member.info.Card == b.Card && member.tap().info.State == wire.Joined {
					a.deliver(member, wire.ImportCommand(b))
					return
				}
			}
		}
	}
}

// pushOffering joins the next empty card, or commits when all slots have been joined.
func (a *adversary) pushOffering(c *soft) {
	offers, joins := a.offersOf(c), []wire.Join(nil)
	for _, o := range offers {
		j, ok := a.joinOf(o)
		if !ok {
			for _, member := range a.cards {
				if member.tap().info.State == wire.Empty {
					a.offerTo(member, wire.JoinCommand(o))
					return
				}
			}
			return
		}
		joins = append(joins, j)
	}
	if len(joins) > 0 {
		a.commitTo(c, wire.CommitCommand(joins))
	}
}

// offersOf are the offers of the run that is open on a card, as far as the adversary has seen them.
func (a *adversary) offersOf(c *soft) (offers []wire.Offer) {
	for _, raw := range c.inside().Run.Offers {
		if a.genuine[string(raw)] {
			o, err := wire.ParseOffer(raw)
			must(a.w, err)
			offers = append(offers, o)
		}
	}
	return offers
}

// joinOf is the join that was made for an offer last.
func (a *adversary) joinOf(o wire.Offer) (wire.Join, bool) {
	j, ok := a.made[string(o.Encode())]
	return j, ok
}

// tell sends a command in the state the card is in; a cut is followed by a new tap.
func (a *adversary) tell(c *soft, cmd iso7816.Command) (iso7816.Response, bool) {
	r, err := c.try(cmd)
	if err == nil {
		return r, r.SW == iso7816.OK
	}
	if !errors.Is(err, softcard.ErrNoPower) {
		a.Fatal(err)
	}
	c.store.Inject(nil)
	c.tap()
	return r, false
}

// secure opens a channel and shows the code.
func (a *adversary) secure(c *soft) bool {
	if !c.ch.Closed() {
		return true
	}
	c.tap().open()
	if !c.info.State.HasKey() {
		return true
	}
	a.w.now = a.w.now.Add(wire.Delay(1000)) // it has all the time
	_, ok := a.tell(c, wire.VerifyCommand(code(a.codes[c])))
	return ok
}

func (a *adversary) activate(c *soft) {
	if a.secure(c) {
		cmd := wire.ActivateCommand(wire.Generated, code(theCode), secret.Bytes{})
		a.tell(c, cmd)
		if c.tap().info.State == wire.Active {
			a.codes[c] = theCode
		}
	}
}

func (a *adversary) begin(c *soft) {
	size := byte(2 + a.pick("size", 2))
	if !a.secure(c) {
		return
	}
	if r, ok := a.tell(c, wire.BeginCommand(size)); ok {
		offers, err := wire.ParseOffers(r.Data, int(size)-1)
		must(a.w, err)
		a.offers = append(a.offers, offers...)
		for _, o := range offers {
			a.genuine[string(o.Encode())] = true
		}
	}
}

// change gives a message that is perhaps not what it was: one bit, or a piece of another message of the same kind.
func (a *adversary) change(b []byte, other []byte) []byte {
	b = bytes.Clone(b)
	switch a.pick("change", 4) {
	case 0:
		i := a.pick("byte", len(b))
		b[i] ^= 1 << a.pick("bit", 8)
	case 1:
		if len(other) == len(b) {
			from := a.pick("from", len(b))
			to := from + a.pick("length", len(b)-from) + 1
			copy(b[from:to], other[from:to])
		}
	}
	return b
}

func (a *adversary) join(c *soft) {
	if len(a.offers) == 0 {
		return
	}
	o, other := a.offers[a.pick("offer", len(a.offers))], a.offers[a.pick("other", len(a.offers))]
	data := a.change(o.Encode(), other.Encode())
	cmd := wire.JoinCommand(o)
	cmd.Data = data
	a.offerTo(c, cmd)
}

func (a *adversary) offerTo(c *soft, cmd iso7816.Command) {
	if r, ok := a.tell(c, cmd); ok {
		a.mustBeGenuine("an offer", cmd.Data)
		j, err := wire.ParseJoin(r.Data)
		must(a.w, err)
		a.joins = append(a.joins, j)
		a.genuine[string(r.Data)] = true
		a.made[string(cmd.Data)] = j
	}
}

// mustBeGenuine is invariant 8: what a card accepts is what another card has sent.
func (a *adversary) mustBeGenuine(what string, data []byte) {
	if !a.genuine[string(data)] {
		a.Errorf("invariant 8: %s was accepted that no card has made", what)
	}
}

func (a *adversary) commit(c *soft) {
	if len(a.joins) == 0 {
		return
	}
	var joins []wire.Join
	for i := range 1 + a.pick("joins", 3) {
		joins = append(joins, a.joins[a.pick(fmt.Sprint("join ", i), len(a.joins))])
	}
	cmd := wire.CommitCommand(joins)
	other := wire.CommitCommand(slices.Repeat([]wire.Join{a.joins[len(a.joins)-1]}, len(joins)))
	cmd.Data = a.change(cmd.Data, other.Data)
	a.commitTo(c, cmd)
}

func (a *adversary) commitTo(c *soft, cmd iso7816.Command) {
	if !a.secure(c) {
		return
	}
	r, ok := a.tell(c, cmd)
	if !ok {
		return
	}
	for at := 0; at < len(cmd.Data); at += wire.JoinSize {
		a.mustBeGenuine("a join", cmd.Data[at:at+wire.JoinSize])
	}
	bundles, err := wire.ParseBundles(r.Data, len(cmd.Data)/wire.JoinSize+1)
	must(a.w, err)
	a.keep(bundles...)
}

func (a *adversary) keep(bundles ...wire.Bundle) {
	for _, b := range bundles {
		a.bundles = append(a.bundles, b)
		a.genuine[string(b.Encode())] = true
	}
}

func (a *adversary) take(c *soft) {
	if len(a.bundles) == 0 {
		return
	}
	b, other := a.bundles[a.pick("bundle", len(a.bundles))], a.bundles[a.pick("other", len(a.bundles))]
	cmd := wire.ImportCommand(b)
	cmd.Data = a.change(b.Encode(), other.Encode())
	a.deliver(c, cmd)
}

func (a *adversary) deliver(c *soft, cmd iso7816.Command) {
	if _, ok := a.tell(c, cmd); ok {
		a.mustBeGenuine("a bundle", cmd.Data)
		b, err := wire.ParseBundle(cmd.Data) // what was delivered: a change may have made a whole other one of it
		must(a.w, err)
		if b.Card != c.info.Card {
			a.Errorf("invariant 7: card %s opened another card's bundle", c.name)
		}
	}
	if c.inside().Wallet != nil && a.codes[c] == "" {
		a.codes[c] = theCode
	}
}

// end aborts or resets.
func (a *adversary) end(c *soft) {
	if c.tap().info.State == wire.Joined {
		a.tell(c, wire.AbortCommand())
		return
	}
	if !a.secure(c) {
		return
	}
	if a.pick("end", 2) == 0 {
		a.tell(c, wire.AbortCommand())
		return
	}
	a.w.now = a.w.now.Add(wire.Delay(1000))
	a.tell(c, wire.ResetCommand(code(a.codes[c])))
	if c.tap().info.State == wire.Empty {
		delete(a.codes, c)
	}
}

// otherwise does what has nothing to do with a backup, or should not.
func (a *adversary) otherwise(c *soft) {
	switch a.pick("otherwise", 5) {
	case 0:
		c.tap()
	case 1: // no backup card signs before its import is complete
		keyless := c.tap().info.State < wire.Active
		a.secure(c)
		if r, ok := a.tell(c, wire.SignCommand(nil, make([][32]byte, 1))); ok && keyless {
			a.Errorf("invariant 4: card %s signs without a key: %d bytes", c.name, len(r.Data))
		}
	case 2:
		if r, ok := a.tell(c, wire.BundleCommand(byte(1+a.pick("slot", 2)))); ok {
			b, err := wire.ParseBundle(r.Data)
			must(a.w, err)
			a.mustBeGenuineOrLost(b)
		}
	case 3:
		if a.secure(c) {
			a.tell(c, wire.VerifyCommand(code(wrongCode)))
		}
	case 4:
		nonce := a.w.random32()
		if r, ok := a.tell(c, wire.AttestCommand(nonce)); ok {
			att, err := wire.ParseAttestation(r.Data)
			must(a.w, err)
			must(a.w, att.Verify(c.info.Card, nonce))
		}
	}
}

// mustBeGenuineOrLost keeps a bundle whose first answer a cut has taken away.
func (a *adversary) mustBeGenuineOrLost(b wire.Bundle) {
	for _, made := range a.witness.bundles {
		if bytes.Equal(made, b.Encode()) {
			a.keep(b)
			return
		}
	}
	a.Error("a bundle was read that was never made")
}

// recover: invariant 5. Wherever the adversary has left the cards, their owner gets them back: those with a key by a
// reset, those that wait by an abort, and then they can be linked.
func (a *adversary) recover() {
	for _, c := range a.cards {
		c.store.Inject(nil)
		a.w.now = a.w.now.Add(wire.Delay(1000))
		switch state := c.tap().info.State; {
		case state.HasKey():
			c.open().ok(wire.ResetCommand(code(a.codes[c])))
		case state == wire.Joined:
			c.ok(wire.AbortCommand())
		}
	}
	must(a.w, honest{cards: a.cards[:3], size: 3}.attempt())
}

func TestInvariantsAgainstAnAdversary(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := newAdversary(rt)
		for range rapid.IntRange(10, 60).Draw(rt, "steps") {
			a.step()
		}
		a.witness.noTransportKeys()
		if a.pick("recover", 4) == 0 { // it takes as long as the rest
			a.recover()
		}
	})
}
