package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tapcard.example/cktap/wire"
	"tapcard.example/internal/matrix"
	"tapcard.example/iso7816"
	"tapcard.example/transport/vpcd"
)

// tapTable is the title in the README's support matrix.
const tapTable = "Tap cards"

// tapRecorder is a tap card that keeps what it was asked and what it answered, in words and without what is secret.
type tapRecorder struct {
	vpcd.Card
	client, kind string
	mu           sync.Mutex
	lines        [][]wire.Field
}

// newTapRecorder writes its file when the test ends, whether it passed or not.
func newTapRecorder(t *testing.T, client, kind string, card vpcd.Card) *tapRecorder {
	r := &tapRecorder{Card: card, client: client, kind: kind}
	t.Cleanup(func() {
		t.Logf("%s with %s: %d commands", client, kind, len(r.lines))
		if err := r.write(); err != nil {
			t.Errorf("writing the record: %v", err)
		}
	})
	return r
}

// Transmit has the card answer, and notes both.
func (r *tapRecorder) Transmit(apdu []byte) ([]byte, error) {
	answer, err := r.Card.Transmit(apdu)
	command, commandErr := iso7816.ParseCommand(apdu)
	response, responseErr := iso7816.ParseResponse(answer)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && commandErr == nil && responseErr == nil {
		r.lines = append(r.lines, wire.Describe(command, response))
	} else {
		r.lines = append(r.lines, []wire.Field{{Name: "command", Value: "unreadable"}})
	}
	return answer, err
}

// succeeded says whether the card was asked this and answered without error.
func (r *tapRecorder) succeeded(command string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	failed := func(f wire.Field) bool { return f.Name == "error" || f.Name == "status word" }
	return slices.ContainsFunc(r.lines, func(line []wire.Field) bool {
		return line[0].Value == command && !slices.ContainsFunc(line, failed)
	})
}

// require fails unless the client had every command of the product answered without error. What was seen is marked in
// the support matrix.
func (r *tapRecorder) require(t *testing.T, product wire.Product) {
	t.Helper()
	for _, spec := range wire.Commands() {
		if spec.Security(product) == wire.SecurityAbsent {
			continue
		}
		if !r.succeeded(spec.Name) {
			t.Errorf("%s never had %s answered by %s", r.client, spec.Name, r.kind)
		}
		matrix.Shows(t, tapTable, spec.Name+", "+product.String(), r.client)
	}
}

// write leaves the record in .cache/interop/CLIENT-CARD.tsv, one line per command.
func (r *tapRecorder) write() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	folder := filepath.Join(cacheDir(), "interop")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var b strings.Builder
	for i, line := range r.lines {
		fmt.Fprint(&b, i+1)
		for _, f := range line {
			fmt.Fprintf(&b, "\t%s=%s", f.Name, f.Value)
		}
		b.WriteByte('\n')
	}
	return os.WriteFile(filepath.Join(folder, r.client+"-"+r.kind+".tsv"), []byte(b.String()), 0o644)
}
