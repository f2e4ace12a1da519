package trace

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tapcard.example/iso7816"
)

// ErrTrace is wrapped by every error about the form of a trace; it names the line.
var ErrTrace = errors.New("not a trace")

// maxLine is the longest line read: an extended APDU in hexadecimal, and room for a time.
const maxLine = 2*(iso7816.MaxExtendedNe+16) + 64

// Trace is a recorded conversation.
type Trace struct {
	Reader string
	ATR    []byte
	Steps  []Step
}

// Step is one raw exchange and what was said about it. A step whose answer was lost has Lost set instead of Answer.
type Step struct {
	Command []byte
	Answer  []byte
	Lost    string
	Took    time.Duration
	Notes   []Note
	Reset   bool // the card was reset before this step
}

// Note is an explanation; Inner ones are about the plaintext inside a secure channel.
type Note struct {
	Text  string
	Inner bool
}

// Parse reads a trace. Anything it does not understand is an error that names the line.
func Parse(r io.Reader) (*Trace, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	if !lines.Scan() || lines.Text() != header {
		return nil, fmt.Errorf("%w: the first line must be %q", ErrTrace, header)
	}
	p := parser{t: &Trace{}}
	for n := 2; lines.Scan(); n++ {
		if err := p.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTrace, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrace, err)
	}
	if p.open {
		return nil, fmt.Errorf("%w: the last command has no answer", ErrTrace)
	}
	return p.t, nil
}

type parser struct {
	t     *Trace
	open  bool // a command waits for its answer
	reset bool
}

func (p *parser) line(l string) error {
	mark, rest, _ := strings.Cut(l, " ")
	if p.open && mark != "<" {
		return errors.New("expected an answer")
	}
	switch mark {
	case "#":
		return p.remark(rest)
	case ">":
		return p.command(rest)
	case "<":
		return p.answer(rest)
	case ";", ";;":
		if len(p.t.Steps) == 0 {
			return errors.New("an explanation of nothing")
		}
		last := &p.t.Steps[len(p.t.Steps)-1]
		last.Notes = append(last.Notes, Note{Text: rest, Inner: mark == ";;"})
		return nil
	}
	return errors.New("begins with none of # > < ; ;;")
}

func (p *parser) remark(rest string) (err error) {
	key, value, _ := strings.Cut(rest, ": ")
	switch key {
	case "reader":
		p.t.Reader = value
	case "atr":
		p.t.ATR, err = hex.DecodeString(value)
	case "reset":
		p.reset = true
	}
	return err
}

func (p *parser) command(rest string) error {
	b, err := hex.DecodeString(rest)
	if err != nil {
		return err
	}
	if _, err := iso7816.ParseCommand(b); err != nil {
		return err
	}
	p.t.Steps = append(p.t.Steps, Step{Command: b, Reset: p.reset})
	p.open, p.reset = true, false
	return nil
}

func (p *parser) answer(rest string) (err error) {
	if !p.open {
		return errors.New("an answer without a command")
	}
	p.open = false
	last := &p.t.Steps[len(p.t.Steps)-1]
	if why, lost := strings.CutPrefix(rest, "! "); lost {
		last.Lost = why
		return nil
	}
	raw, took, timed := strings.Cut(rest, " +")
	if last.Answer, err = hex.DecodeString(raw); err != nil {
		return err
	}
	if timed {
		last.Took, err = time.ParseDuration(took)
	}
	return err
}
