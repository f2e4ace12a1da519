package duplicate_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"

	"tapcard.example/card"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/duplicate"
	"tapcard.example/keycard/wire"
	"tapcard.example/transport/trace"
)

// describe is what the command line records with --trace.
func describe(c iso7816.Command, r iso7816.Response) []trace.Field {
	var fields []trace.Field
	for _, f := range wire.Describe(c, r) {
		fields = append(fields, trace.Field(f))
	}
	return fields
}

// After a whole run with tracing, no secret is in any trace or journal, in no spelling.
func TestTracesAndJournalsHoldNoSecret(t *testing.T) {
	f := cards(t, "2.3")
	all := []*plastic{f.holding(generated), f.ready()}
	var written bytes.Buffer
	tap := func(p *plastic) *keycard.Card {
		rec := trace.Record(p.link, &written, describe)
		must(t, rec.Reset(ctx))
		ch := card.NewChannel(rec)
		ch.Observe(rec.Observe)
		c, err := keycard.Select(ctx, ch)
		must(t, err)
		return c
	}
	save := func(j duplicate.Journal) error { return json.NewEncoder(&written).Encode(j) }
	me := owner(all).client(t, duplicate.Options{Save: save})
	you, err := duplicate.NewUntrusted(duplicate.Options{Save: save})
	must(t, err)
	for i, p := range all {
		must(t, me.StartDuplication(ctx, tap(p), roleOf(i)))
	}
	for _, p := range all {
		must(t, you.AddEntropy(ctx, tap(p)))
	}
	secrets := map[string][]byte{"my piece": bytes.Clone(me.Piece()), "your piece": bytes.Clone(you.Piece())}
	mixed := [32]byte(me.Piece())
	wire.MixEntropy(&mixed, [32]byte(you.Piece()))
	secrets["the key of the encryption"] = mixed[:]
	e, err := me.ExportKey(ctx, tap(all[0]))
	must(t, err)
	secrets["the encrypted key"] = bytes.Clone(e.Blob())
	must(t, me.ImportKey(ctx, tap(all[1]), e))
	for _, p := range all {
		secrets["PIN of "+p.name] = []byte(p.pin)
	}
	var memory struct {
		Keycard struct {
			Key struct{ Private, Chain []byte }
		}
	}
	raw, err := all[1].soft.Store().Snapshot()
	must(t, err)
	must(t, json.Unmarshal(raw, &memory))
	secrets["the private key"], secrets["the chain code"] = memory.Keycard.Key.Private, memory.Keycard.Key.Chain

	text := bytes.ToLower(written.Bytes())
	if !bytes.Contains(text, []byte("duplicate key")) || len(text) < 5000 {
		t.Fatalf("nothing to search:\n%s", text)
	}
	for name, b := range secrets {
		if len(b) < 6 {
			t.Fatalf("%s has %d bytes", name, len(b))
		}
		for _, spelling := range [][]byte{b, []byte(hex.EncodeToString(b)), []byte(base64.StdEncoding.EncodeToString(b))} {
			if bytes.Contains(text, bytes.ToLower(spelling)) {
				t.Errorf("%s was written down", name)
			}
		}
	}
}
