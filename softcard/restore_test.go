package softcard

import (
	"bytes"
	"errors"
	"testing"
)

// kept is a state with one field.
type kept struct{ N int }

func (k kept) Clone() kept { return k }

func TestARestoredStoreIsTheOneOfTheSnapshot(t *testing.T) {
	open := func(s *Store) *Cell[kept] {
		c, err := OpenCell(s, "cell", func() (kept, error) { return kept{1}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	s := NewStore()
	c := open(s)
	before, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Update("count", func(k *kept) error { k.N = 2; return nil }); err != nil {
		t.Fatal(err)
	}
	again, err := Restore(before)
	if err != nil {
		t.Fatal(err)
	}
	if n := open(again).View().N; n != 1 {
		t.Errorf("restored %d instead of 1", n)
	}
	if now, err := again.Snapshot(); err != nil || !bytes.Equal(now, before) {
		t.Errorf("the snapshot of the restored store is %s, %v", now, err)
	}
	if _, err := Restore([]byte("junk")); !errors.Is(err, ErrDamaged) {
		t.Errorf("junk: %v", err)
	}
}
