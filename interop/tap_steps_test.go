package interop

import (
	"encoding/hex"
	"testing"
)

// tapStep is what a client says about one thing it did: what came out, or its complaint, with the card's code if there
// is one.
type tapStep struct {
	Name  string            `json:"step"`
	Error string            `json:"error"`
	Code  int               `json:"code"`
	Is    map[string]string `json:"is"`
}

// tapSteps are all steps of a client. Each has to be asked for, so that none is reported in vain.
type tapSteps struct {
	*testing.T
	steps map[string]tapStep
}

func newTapSteps(t *testing.T, reported []tapStep) *tapSteps {
	t.Helper()
	s := &tapSteps{t, map[string]tapStep{}}
	for _, step := range reported {
		if _, twice := s.steps[step.Name]; twice {
			t.Errorf("step %q was reported twice", step.Name)
		}
		s.steps[step.Name] = step
	}
	t.Cleanup(func() {
		for name := range s.steps {
			t.Errorf("step %q was not judged", name)
		}
	})
	return s
}

// take takes a step from the report.
func (s *tapSteps) take(name string) tapStep {
	s.Helper()
	step, done := s.steps[name]
	if !done {
		s.Errorf("step %q was not done", name)
	}
	delete(s.steps, name)
	return step
}

// is wants a step to succeed, with these values; it gives all of them.
func (s *tapSteps) is(name string, want ...string) map[string]string {
	s.Helper()
	step := s.take(name)
	if step.Error != "" {
		s.Errorf("step %q: the client complains: %s", name, step.Error)
	}
	for i := 0; i < len(want); i += 2 {
		if got := step.Is[want[i]]; got != want[i+1] {
			s.Errorf("step %q: %s is %q, want %q", name, want[i], got, want[i+1])
		}
	}
	return step.Is
}

// refused wants the card to refuse a step with that code.
func (s *tapSteps) refused(name string, code int) {
	s.Helper()
	if step := s.take(name); step.Code != code {
		s.Errorf("step %q: code %d (%s), want %d", name, step.Code, step.Error, code)
	}
}

// complains wants the client itself to complain.
func (s *tapSteps) complains(name, complaint string) {
	s.Helper()
	if step := s.take(name); step.Error != complaint {
		s.Errorf("step %q: the client says %q, want %q", name, step.Error, complaint)
	}
}

// signed wants a signature of 65 bytes, its key found with libsecp256k1; it gives that key, compressed.
func (s *tapSteps) signed(name string) string {
	s.Helper()
	step := s.is(name)
	key, err := recoverKey(step["digest"], step["signature"])
	if err != nil {
		s.Errorf("step %q: %v", name, err)
	}
	return key
}

// wrongCodes wants three tries, a delay of 15 seconds, and an end of it.
func (s *tapSteps) wrongCodes() {
	s.Helper()
	for _, name := range []string{"wrong code 1", "wrong code 2", "wrong code 3"} {
		s.refused(name, 401)
	}
	s.refused("limited", 429)
	s.is("wait", "seconds", "15", "left", "0")
}

// mustDecode is hexadecimal.
func (s *tapSteps) mustDecode(text string) []byte {
	s.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		s.Error(err)
	}
	return b
}
