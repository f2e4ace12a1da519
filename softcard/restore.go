package softcard

import (
	"encoding/json"
	"fmt"
)

// Restore makes a store in memory of what Snapshot gave: a card as it was at that moment. It is for tests that go on
// from one state in several ways. ErrDamaged when the snapshot is none.
func Restore(snapshot []byte) (*Store, error) {
	var cells map[string]json.RawMessage
	if err := json.Unmarshal(snapshot, &cells); err != nil {
		return nil, fmt.Errorf("%w: snapshot: %w", ErrDamaged, err)
	}
	s := NewStore()
	s.pending = cells
	return s, nil
}
