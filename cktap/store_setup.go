package cktap

import "tapcard.example/cktap/wire"

// setup is the setup of a card that is not complete; nil when there is none.
func (s *Store) setup(key wire.PublicKey) (*setupState, error) {
	r, err := s.read()
	if err != nil {
		return nil, err
	}
	return r.of(key).setup, nil
}

func (s *Store) saveSetup(key wire.PublicKey, state *setupState) error {
	return s.update(key, func(r *record) { r.setup = state })
}

// endSetup drops a setup that is complete, and keeps the entropy.
func (s *Store) endSetup(key wire.PublicKey, entropy wire.Bytes32) error {
	return s.update(key, func(r *record) {
		r.setup = nil
		r.entropy[0] = entropy
	})
}

// SettingUp says how far the setup of a card has come that was begun and is not complete; ok is false without one.
func (s *Store) SettingUp(key wire.PublicKey) (done Step, ok bool, err error) {
	state, err := s.setup(key)
	if err != nil || state == nil {
		return "", false, err
	}
	return state.done, true, nil
}
