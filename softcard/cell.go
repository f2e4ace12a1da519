package softcard

import (
	"encoding/json"
	"fmt"
)

// Cloner is a state that can copy itself, so that a change can be made aside and take effect at once.
type Cloner[T any] interface {
	// Clone returns a copy that shares no memory with the original.
	Clone() T
}

// Cell is one typed value in a Store. Applets keep all they must not forget in one cell, so that one commit is enough.
type Cell[T Cloner[T]] struct {
	store *Store
	value *T
}

// OpenCell finds the cell of that name, or makes it with the value fresh returns (one commit). Its value is stored as
// JSON. It fails when the stored value does not decode: a damaged card is refused, never repaired.
func OpenCell[T Cloner[T]](s *Store, name string, fresh func() (T, error)) (*Cell[T], error) {
	c := &Cell[T]{store: s}
	if raw, ok := s.pending[name]; ok {
		c.value = new(T)
		if err := json.Unmarshal(raw, c.value); err != nil {
			return nil, fmt.Errorf("%w: cell %q: %w", ErrDamaged, name, err)
		}
		delete(s.pending, name)
		s.cells[name] = c
		return c, nil
	}
	if _, ok := s.cells[name]; ok {
		return nil, fmt.Errorf("softcard: cell %q is open already", name)
	}
	v, err := fresh()
	if err != nil {
		return nil, err
	}
	swap := func() { c.value, s.cells[name] = &v, c }
	return c, s.commit("new "+name, swap, func() { delete(s.cells, name) })
}

// View returns the present value. It must not be changed.
func (c *Cell[T]) View() *T { return c.value }

// Update lets change work on a copy and commits it: once, atomically, or not at all. When change fails nothing
// happens and its error comes back. why names the commit in the event log.
func (c *Cell[T]) Update(why string, change func(*T) error) error {
	before, after := c.value, (*c.value).Clone()
	if err := change(&after); err != nil {
		return err
	}
	return c.store.commit(why, func() { c.value = &after }, func() { c.value = before })
}

func (c *Cell[T]) encode() (json.RawMessage, error) { return json.Marshal(c.value) }
