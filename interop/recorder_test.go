package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tapcard.example/internal/matrix"
	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// recorder sits at the applet and keeps which instruction came and which status word went, inside a secure channel
// the ones in clear: there every outer status word is 9000.
type recorder struct {
	client, card string
	mu           sync.Mutex
	lines        []record
}

// record is one command as the applet understood it.
type record struct {
	ins, p1, p2 byte
	wrapped     bool
	sw          iso7816.Status
}

// newRecorder writes its file when the test ends, whether it passed or not.
func newRecorder(t *testing.T, client, card string) *recorder {
	r := &recorder{client: client, card: card}
	t.Cleanup(func() {
		t.Logf("%s on card %s: %d commands, %d of them in a secure channel", client, card, len(r.lines), r.inside())
		if err := r.write(); err != nil {
			t.Errorf("writing the record: %v", err)
		}
	})
	return r
}

func (r *recorder) observe(c iso7816.Command, answer iso7816.Response, wrapped bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, record{c.INS, c.P1, c.P2, wrapped, answer.SW})
}

// everyInstruction are the commands that every full client must have used: SELECT, INIT, PAIR, OPEN SECURE CHANNEL,
// MUTUALLY AUTHENTICATE, GET STATUS, VERIFY PIN, GENERATE MNEMONIC, GENERATE KEY, REMOVE KEY, LOAD KEY, DERIVE KEY,
// SIGN, SET PINLESS PATH, EXPORT KEY, CHANGE PIN, UNBLOCK PIN and UNPAIR.
var everyInstruction = []byte{0xA4, 0xFE, 0x12, 0x10, 0x11, 0xF2, 0x20, 0xD2, 0xD4, 0xD3, 0xD0, 0xD1, 0xC0, 0xC1, 0xC2,
	0x21, 0x22, 0x13}

// newInstructions are those of newer profiles: STORE DATA and GET DATA, then IDENT and FACTORY RESET.
func newInstructions(profile string) (ins []byte) {
	if profile >= "2.3" {
		ins = append(ins, 0xE2, 0xCA)
	}
	if profile >= "3.1" {
		ins = append(ins, 0x14, 0xFD)
	}
	return ins
}

// require fails unless the applet saw every one of these instructions and answered it with 9000 at least once. What it
// has seen is marked in the support matrix.
func (r *recorder) require(t *testing.T, instructions ...byte) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ins := range instructions {
		if !slices.ContainsFunc(r.lines, func(l record) bool { return l.ins == ins && l.sw == iso7816.OK }) {
			t.Errorf("%s never had instruction %02X answered with 9000 by card %s", r.client, ins, r.card)
		}
		matrix.Shows(t, table, commandName(ins), r.client)
	}
}

// table is the title in the README's support matrix.
const table = "Keycard"

func commandName(ins byte) string {
	if spec, ok := wire.Lookup(ins); ok {
		return spec.Name
	}
	return "SELECT"
}

func (r *recorder) inside() (n int) {
	for _, l := range r.lines {
		if l.wrapped {
			n++
		}
	}
	return n
}

// write leaves the record in .cache/interop/CLIENT-CARD.tsv, one line per command.
func (r *recorder) write() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	folder := filepath.Join(cacheDir(), "interop")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("n\tINS\tP1\tP2\tchannel\tSW\n")
	for i, l := range r.lines {
		channel := "bare"
		if l.wrapped {
			channel = "wrapped"
		}
		fmt.Fprintf(&b, "%d\t%02X\t%02X\t%02X\t%s\t%v\n", i+1, l.ins, l.p1, l.p2, channel, l.sw)
	}
	return os.WriteFile(filepath.Join(folder, r.client+"-"+r.card+".tsv"), []byte(b.String()), 0o644)
}

// cacheDir is the repository's folder for what can be made again.
func cacheDir() string {
	if dir := os.Getenv("TAPCARD_CACHE"); dir != "" {
		return dir
	}
	return filepath.Join("..", ".cache")
}
