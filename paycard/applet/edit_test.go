package applet_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"tapcard.example/paycard/applet"
	"tapcard.example/softcard"
)

// edit changes what the card remembers, by way of a file: the only way to places that take four billion payments.
func edit(k *kit, change func(s map[string]any)) {
	k.Helper()
	if err := reopen(k, change); err != nil {
		k.Fatal(err)
	}
	k.sel()
}

// reopen writes the card to a file, changes its state there, and takes it up again.
func reopen(k *kit, change func(s map[string]any)) error {
	k.Helper()
	var cells map[string]json.RawMessage
	must(k, json.Unmarshal([]byte(k.snapshot()), &cells))
	var s map[string]any
	d := json.NewDecoder(bytes.NewReader(cells["paycard"]))
	d.UseNumber() // limits have 64 bits
	must(k, d.Decode(&s))
	change(s)
	store, err := fileOf(k, s)
	if err != nil {
		return err
	}
	env := softcard.NewEnv(store)
	env.Rand = seeded(k.Name())
	card, err := applet.NewCard(applet.Options{Env: env})
	if err != nil {
		return err
	}
	card.PowerOn()
	k.card, k.store = card, store
	return nil
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// fixed is a state that a store keeps without looking at it.
type fixed struct{ json.RawMessage }

func (f fixed) Clone() fixed { return fixed{append(json.RawMessage(nil), f.RawMessage...)} }

// fileOf is a store that holds a state, from a file written by another store.
func fileOf(k *kit, state map[string]any) (*softcard.Store, error) {
	k.Helper()
	path := filepath.Join(k.TempDir(), "card.json")
	b, err := json.Marshal(state)
	must(k, err)
	file, err := softcard.CreateFile(path, "paycard", nil)
	if err != nil {
		return nil, err
	}
	_, err = softcard.OpenCell(file.Store(), "paycard", func() (fixed, error) { return fixed{b}, nil })
	must(k, err)
	must(k, file.Close())
	again, err := softcard.OpenFile(path)
	if err != nil {
		return nil, err
	}
	k.Cleanup(func() { again.Close() })
	return again.Store(), nil
}
