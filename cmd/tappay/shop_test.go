package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tapcard.example/internal/testnode"
)

// programs builds both programs, once.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tappay")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "tapcard.example/cmd/tapcard", "tapcard.example/cmd/tappay").CombinedOutput()
	if err != nil {
		err = errors.Join(err, errors.New(string(out)))
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// shop is a vault on a node with a merchant, and a payment card with a purse: everything made with the two programs.
type shop struct {
	*testing.T
	dir, url string
	bin      string
	card     []string // how both programs find the card: --card FILE, or nothing for the reader
	merchant string
	address  string // of the card
	keys     map[string]map[string]any
}

// run runs a program in the shop's folder and returns what it printed, as JSON if it is, and its exit code.
func (s *shop) run(program string, args ...string) (map[string]any, string, int) {
	s.Helper()
	cmd := exec.Command(filepath.Join(s.bin, program), append([]string{"--json", "--home", filepath.Join(s.dir, program+"-home")}, args...)...)
	cmd.Dir = s.dir
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.Fatal(err)
	}
	said := map[string]any{}
	_ = json.Unmarshal(out.Bytes(), &said) // several lines, or none, are looked at as text
	return said, out.String() + errOut.String(), cmd.ProcessState.ExitCode()
}

// must runs a program that has to succeed.
func (s *shop) must(program string, args ...string) map[string]any {
	s.Helper()
	said, all, code := s.run(program, args...)
	if code != 0 {
		s.Fatalf("%s %s: exit code %d\n%s", program, strings.Join(args, " "), code, all)
	}
	return said
}

// write makes a file in the shop's folder.
func (s *shop) write(name, content string) string {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		s.Fatal(err)
	}
	return name
}

const (
	pin = "123456"
	puk = "123456789012"
	mac = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

// params has the vault deployed with the parameters of a JSON text.
func params(text string) func(*shop) []string {
	return func(s *shop) []string { return []string{"--params", s.write("vault.json", text)} }
}

// newShop opens the shop; with gives more flags for "deploy".
func newShop(t *testing.T, with ...func(*shop) []string) *shop {
	t.Helper()
	t.Parallel() // each shop has a node of its own
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{T: t, dir: t.TempDir(), url: testnode.Anvil(t), bin: bin, card: []string{"--card", "p.card"}, keys: map[string]map[string]any{}}
	s.write("relay.key", testnode.Rich)
	s.write("pin", pin)
	s.write("puk", puk)
	s.write("mac", mac)
	for _, name := range []string{"merchant", "owner", "approver", "time", "terminal"} {
		s.keys[name] = s.must("tappay", "key", "new", name+".key")
	}
	deploy := []string{"deploy", "--rpc", s.url, "--key-file", "relay.key", "--test-token"}
	for _, more := range with {
		deploy = append(deploy, more(s)...)
	}
	s.must("tappay", deploy...)
	s.merchant = s.keys["merchant"]["address"].(string)
	for _, who := range []string{"merchant", "owner"} {
		s.must("tappay", "test-money", "--to", s.keys[who]["address"].(string), "--amount", "3000", "--key-file", "relay.key")
	}
	s.must("tappay", "merchant", "register", "--key-file", "merchant.key", "--stake", "2000", "--name", "Corner shop, 1 Main Street")
	certificate, err := json.Marshal(s.must("tappay", "merchant", "certify", "--key-file", "merchant.key", "--terminal", s.keys["terminal"]["address"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	s.write("certificate", string(certificate))
	s.newCard()
	return s
}

// newCard makes a payment card, gives it a purse, and fills that.
func (s *shop) newCard() {
	s.Helper()
	network := s.must("tappay", "use")
	s.must("tapcard", "virtual", "new", "pay", "p.card")
	s.address = s.owner("init", "--puk-file", "puk")["address"].(string)
	s.owner("profile", "set", "0", "--chain", "31337", "--vault", network["vault"].(string), "--token", network["token"].(string),
		"--single", "40", "--velocity", "1000")
	s.owner("approvers", "set", "--url", "https://approve.example/", "--key", s.keys["approver"]["public_key"].(string), "--mac-file", "mac")
	s.owner("approvers", "time", s.keys["time"]["public_key"].(string))
	s.owner("guards", "set", "--time", "--gap", "0s")
	proof, err := json.Marshal(s.owner("bind", "0", "--owner", s.keys["owner"]["address"].(string)))
	if err != nil {
		s.Fatal(err)
	}
	s.write("bind.json", string(proof))
	s.must("tappay", "purse", "open", "--key-file", "owner.key", "--proof", "bind.json", "--per-payment", "30", "--daily", "100", "--monthly", "200")
	s.must("tappay", "purse", "deposit", "--key-file", "owner.key", "--card", s.address, "--amount", "150")
}

// owner runs one of the owner's commands for the card.
func (s *shop) owner(args ...string) map[string]any {
	s.Helper()
	return s.must("tapcard", slices.Concat(s.card, []string{"--yes", "pay-card", "--pin-file", "pin"}, args)...)
}

// chargeArgs are the arguments of a charge with everything that the card may want.
func (s *shop) chargeArgs(amount string, more ...string) []string {
	args := []string{"charge", "--merchant", s.merchant, "--amount", amount, "--items", "coffee", "--key-file", "relay.key", "--terminal-key", "terminal.key",
		"--certificate", "certificate", "--approver-key", "approver.key", "--mac-file", "mac", "--time-key", "time.key"}
	return append(append(args, s.card...), more...)
}

// charges charges the card, and the payment settles.
func (s *shop) charges(amount string, more ...string) map[string]any {
	s.Helper()
	said := s.must("tappay", s.chargeArgs(amount, more...)...)
	if said["state"] != "settled" {
		s.Fatalf("%v", said)
	}
	return said
}

// refuses charges the card in vain.
func (s *shop) refuses(code int, why, amount string, more ...string) {
	s.Helper()
	before := s.balance()
	if _, all, exit := s.run("tappay", s.chargeArgs(amount, more...)...); exit != code || !strings.Contains(all, why) {
		s.Errorf("exit code %d, and not %d with %q:\n%s", exit, code, why, all)
	}
	if now := s.balance(); now != before {
		s.Errorf("the purse had %v and has %v", before, now)
	}
}

func (s *shop) balance() string {
	s.Helper()
	return s.must("tappay", "purse", "status", s.address)["balance"].(string)
}

// act carries out an action of the purse's owner.
func (s *shop) act(args ...string) {
	s.Helper()
	s.must("tappay", append(append([]string{"purse"}, args...), "--card", s.address, "--owner-key", "owner.key", "--key-file", "relay.key")...)
}
