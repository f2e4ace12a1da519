package main

import (
	"encoding/hex"
	"io"

	"tapcard.example/transport/trace"
)

// traceResult is a trace as JSON.
type traceResult struct {
	Reader string       `json:"reader"`
	ATR    string       `json:"atr"`
	Steps  []stepResult `json:"steps"`
}

type stepResult struct {
	Command string   `json:"command"`
	Answer  string   `json:"answer,omitempty"`
	Lost    string   `json:"lost,omitempty"`
	Micros  int64    `json:"microseconds"`
	Notes   []string `json:"notes,omitempty"`
	Inside  []string `json:"inside,omitempty"`
}

// Text prints it for people.
func (traceResult) Text(io.Writer) {} // traces have a report of their own as text

func traceJSON(t *trace.Trace) traceResult {
	r := traceResult{Reader: t.Reader, ATR: hex.EncodeToString(t.ATR), Steps: []stepResult{}}
	for _, s := range t.Steps {
		step := stepResult{Command: hex.EncodeToString(s.Command), Answer: hex.EncodeToString(s.Answer), Lost: s.Lost,
			Micros: s.Took.Microseconds()}
		for _, n := range s.Notes {
			if n.Inner {
				step.Inside = append(step.Inside, n.Text)
			} else {
				step.Notes = append(step.Notes, n.Text)
			}
		}
		r.Steps = append(r.Steps, step)
	}
	return r
}
