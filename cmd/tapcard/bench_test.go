package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a folder with software cards, and runs of the program over them in this process.
type bench struct {
	testing.TB
	dir  string
	outs map[string]func() // by slot of the reader: takes the card out
}

func newBench(t testing.TB) *bench { return &bench{t, t.TempDir(), map[string]func(){}} }

// file writes a secret where the program reads it.
func (b *bench) file(name, content string) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// program is a run of tapcard in this process.
type program struct {
	testing.TB
	mu   sync.Mutex
	said bytes.Buffer
	code chan int
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *program) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

func (b *bench) begin(home string, args ...string) *program {
	p := &program{TB: b.TB, code: make(chan int, 1)}
	args = append([]string{"--home", filepath.Join(b.dir, home)}, args...)
	go func() { p.code <- run(args, strings.NewReader(""), p, p) }()
	return p
}

// says waits until the program has said something.
func (p *program) says(what string) {
	p.Helper()
	for deadline := time.Now().Add(20 * time.Second); !regexp.MustCompile(what).MatchString(p.all()); {
		time.Sleep(5 * time.Millisecond)
		if time.Now().After(deadline) {
			p.Fatalf("it never said %q:\n%s", what, p.all())
		}
	}
}

func (p *program) ends() string {
	p.Helper()
	select {
	case code := <-p.code:
		if code != 0 {
			p.Fatalf("exit code %d:\n%s", code, p.all())
		}
	case <-time.After(30 * time.Second):
		p.Fatalf("it does not end:\n%s", p.all())
	}
	return p.all()
}

// wallets makes a source with a key of its own and a target, with PINs of their own, known to the home "owner".
func (b *bench) wallets() []string {
	b.Helper()
	flags := []string{"--puk-file", b.file("puk", "918273645546")}
	for name, pin := range map[string]string{"source": "718293", "target": "829374"} {
		path, pinFile := filepath.Join(b.dir, name+".card"), b.file(name+".pin", pin)
		b.begin("owner", "virtual", "new", "keycard", path).ends()
		b.begin("owner", append(flags, "--card", path, "keycard", "init", "--pin-file", pinFile)...).ends()
		b.begin("owner", "--card", path, "label", name).ends()
	}
	b.begin("owner", "--card", filepath.Join(b.dir, "source.card"), "keycard", "key", "generate",
		"--pin-file", filepath.Join(b.dir, "source.pin")).ends()
	return []string{"--card-pin", "source=" + filepath.Join(b.dir, "source.pin"),
		"--card-pin", "target=" + filepath.Join(b.dir, "target.pin")}
}

// addresses wants both cards to show the same address.
func (b *bench) addresses() {
	b.Helper()
	find := regexp.MustCompile(`0x[0-9a-fA-F]{40}`)
	var seen []string
	for _, name := range []string{"source", "target"} {
		said := b.begin("owner", "--yes", "--card", filepath.Join(b.dir, name+".card"), "eth", "address",
			"--pin-file", filepath.Join(b.dir, name+".pin")).ends()
		seen = append(seen, find.FindString(said))
	}
	if seen[0] == "" || seen[0] != seen[1] {
		b.Errorf("addresses %q", seen)
	}
}
