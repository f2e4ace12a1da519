package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tapcard.example/card"
	"tapcard.example/cktap/wire"
	"tapcard.example/internal/matrix"
	"tapcard.example/iso7816"
)

// ecardEnv names the program of the maker's emulator, ecard.py. It is in no registry, so whoever has it says where; the
// programs that its first line names, and what it imports, are theirs to provide too.
const ecardEnv = "TAPCARD_ECARD"

// ecardColumn is its column in the support matrix.
const ecardColumn = "the maker's emulator"

// ecardLink is the emulator as a card: its socket takes requests and gives answers in bare CBOR, one per message, with
// no SELECT and no status word.
type ecardLink struct {
	conn     net.Conn
	answered map[string]bool // commands answered without error
}

// Transmit hands a request on. SELECT is answered with the status, as cards do.
func (l *ecardLink) Transmit(_ context.Context, apdu []byte) ([]byte, error) {
	command, err := iso7816.ParseCommand(apdu)
	if err != nil {
		return nil, err
	}
	request := command.Data
	if wire.IsSelect(command) {
		status, err := wire.StatusRequest{}.Command()
		if err != nil {
			return nil, err
		}
		request = status.Data
	}
	if err := l.conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	if _, err := l.conn.Write(request); err != nil {
		return nil, err
	}
	answer := make([]byte, 4096)
	n, err := l.conn.Read(answer)
	if err != nil {
		return nil, err
	}
	response := iso7816.Response{Data: answer[:n], SW: iso7816.OK}
	if shown := wire.Describe(command, response); wire.ParseError(response.Data) == nil {
		l.answered[shown[0].Value] = true
	}
	return response.Bytes(), nil
}

// Reset does nothing: the emulator has no power to be cut.
func (l *ecardLink) Reset(context.Context) error { return nil }

// Info describes it.
func (l *ecardLink) Info() card.Info { return card.Info{Reader: ecardColumn, Software: true} }

// Close ends the connection.
func (l *ecardLink) Close() error { return l.conn.Close() }

// startECard starts the emulator as a card and connects to it. It ends with the test.
func startECard(t *testing.T, flags ...string) *ecardLink {
	t.Helper()
	program := os.Getenv(ecardEnv)
	if program == "" {
		matrix.Absent(t, tapTable, ecardColumn)
		t.Skipf("%s did not run: %s does not say where its ecard.py is", ecardColumn, ecardEnv)
	}
	socket := filepath.Join(t.TempDir(), "ecard")
	arguments := append([]string{"--quiet", "emulate", "--pipe", socket}, flags...)
	var output bytes.Buffer
	emulator := exec.Command(program, arguments...)
	emulator.Stdout, emulator.Stderr = &output, &output
	if err := emulator.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := errors.Join(emulator.Process.Kill(), ignoreKilled(emulator.Wait()))
		if err != nil || t.Failed() {
			t.Logf("%v; the emulator said:\n%s", err, output.String())
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			l := &ecardLink{conn, map[string]bool{}}
			t.Cleanup(func() { _ = l.Close() }) // before the emulator is ended
			return l
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator does not listen: %v", err)
		}
	}
}

// ignoreKilled forgives a program that it was killed.
func ignoreKilled(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		return nil
	}
	return err
}

// require fails unless the emulator answered all commands that it has; it has no wait.
func (l *ecardLink) require(t *testing.T, p wire.Product, but ...string) {
	t.Helper()
	missing := map[string]bool{wire.CmdWait: true, wire.CmdStatus: true} // SELECT is answered in place of status
	for _, name := range but {
		missing[name] = true
	}
	for _, spec := range wire.Commands() {
		if spec.Security(p) == wire.SecurityAbsent || missing[spec.Name] {
			continue
		}
		if !l.answered[spec.Name] {
			t.Errorf("our host never had %s answered by the emulator's %v", spec.Name, p)
		}
		matrix.Shows(t, tapTable, fmt.Sprintf("%s, %v", spec.Name, p), ecardColumn)
	}
}
