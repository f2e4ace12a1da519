package softcard

import "reflect"

// Session is the volatile memory of a card: what a Java Card calls CLEAR_ON_DESELECT. It is emptied when the card is
// reset, loses power, or another applet (or the same one again) is selected.
type Session struct{ values map[reflect.Type]any }

// Volatile returns the session's value of type T, the zero value at first. Applets keep one struct type each.
func Volatile[T any](s *Session) *T {
	key := reflect.TypeFor[T]()
	if v, ok := s.values[key]; ok {
		return v.(*T)
	}
	if s.values == nil {
		s.values = make(map[reflect.Type]any, 1)
	}
	v := new(T)
	s.values[key] = v
	return v
}

// clear forgets everything. A value that has a Close method is closed first, so that it can zero its keys.
func (s *Session) clear() {
	for _, v := range s.values {
		if c, ok := v.(interface{ Close() }); ok {
			c.Close()
		}
	}
	clear(s.values)
}
