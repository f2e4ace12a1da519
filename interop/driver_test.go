package interop

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// driverTime bounds one run of a client in another language.
const driverTime = 2 * time.Minute

// drive runs a client as a program of its own: the plan goes to its standard input, its steps, of type S, come from its
// standard output. It fails when the program does; the steps until then are judged all the same.
func drive[S any](t *testing.T, plan any, name string, arguments ...string) []S {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), driverTime)
	defer cancel()
	input, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	var output, complaints bytes.Buffer
	program := exec.CommandContext(ctx, name, arguments...)
	program.Stdin, program.Stdout, program.Stderr = bytes.NewReader(input), &output, &complaints
	if err := program.Run(); err != nil {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, complaints.String())
	}
	steps, err := parseSteps[S](&output)
	if err != nil {
		t.Errorf("%s %s: %v", name, strings.Join(arguments, " "), err)
	}
	return steps
}

// parseSteps reads JSON objects, one per line.
func parseSteps[S any](r io.Reader) (steps []S, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var s S
		if jsonErr := json.Unmarshal(lines.Bytes(), &s); jsonErr != nil {
			err = errors.Join(err, jsonErr)
			continue
		}
		steps = append(steps, s)
	}
	return steps, errors.Join(err, lines.Err())
}
