package keycard

// Freeze remembers a session; calling the result brings it back to life, however it ended. Tests that break a channel a
// million times need not open it as often.
func (s *Session) Freeze() (thaw func()) {
	channel, session, owner := *s.channel, *s, *s.card
	return func() {
		*s.channel, *s.card = channel, owner
		ch := s.channel
		*s = session
		s.channel, s.card.session = ch, s
	}
}
