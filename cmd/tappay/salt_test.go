package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tapcard.example/internal/cli"
	"tapcard.example/internal/testnode"
)

// saltedShop is a shop whose vault has a salt of two operators out of three; the first round that is not over has begun.
func saltedShop(t *testing.T) *shop {
	s := newShop(t, func(s *shop) []string {
		flags := []string{"--salt-round", "64", "--salt-patience", "40", "--salt-quorum", "2"}
		for _, o := range []string{"o1", "o2", "o3"} {
			s.keys[o] = s.must("tappay", "key", "new", o+".key")
			args := []string{"salt", "commitment", "--key-file", o + ".key", "--name", "test"}
			c := s.must("tappay", append(args, "--rpc", s.url)...)
			if offline := s.must("tappay", append(args, "--chain", "31337")...); offline["commitment"] != c["commitment"] {
				s.Fatalf("%v, and with a node %v", offline, c)
			}
			flags = append(flags, "--salt-operator", c["operator"].(string)+"="+c["commitment"].(string))
		}
		return flags
	})
	for _, o := range []string{"o1", "o2", "o3"} {
		s.must("tappay", "test-money", "--to", s.keys[o]["address"].(string), "--amount", "1", "--key-file", "relay.key")
	}
	return s
}

// begin goes to a block of the next round.
func (s *shop) begin(offset uint64) {
	s.Helper()
	now := s.must("tappay", "salt", "status")
	testnode.Mine(s.T, s.url, uint64(now["next_round_at"].(float64)-now["block"].(float64))+offset)
}

func reveal(o string) []string {
	return []string{"salt", "reveal", "--key-file", o + ".key", "--name", "test"}
}

// wont runs a command that has to be refused, with this code name.
func (s *shop) wont(name string, args ...string) {
	s.Helper()
	before := s.must("tappay", "salt", "status")
	if _, all, code := s.run("tappay", args...); code != cli.ExitRefused || !strings.Contains(all, `"`+name+`"`) {
		s.Errorf("exit code %d, and not %d with %s:\n%s", code, cli.ExitRefused, name, all)
	}
	if now := s.must("tappay", "salt", "status"); now["block"] != before["block"] || now["revealed"] != before["revealed"] {
		s.Errorf("%v, and before %v", now, before)
	}
}

func TestACardIsChargedAtAVaultWithASalt(t *testing.T) {
	s := saltedShop(t)
	s.begin(0)
	s.refuses(cli.ExitFailed, "operators sleep", "1")
	s.refuses(cli.ExitFailed, "tappay salt wake", "1")
	s.wont("salt-not-now", "salt", "wake", "--key-file", "relay.key")
	s.wont("no-operator", "salt", "reveal", "--key-file", "relay.key", "--name", "test")
	s.wont("no-operator", "salt", "reveal", "--key-file", "o1.key", "--name", "other")
	if said := s.must("tappay", reveal("o1")...); said["done"] != "revealed" || said["salt"] != nil {
		t.Fatalf("%v", said)
	}
	s.wont("salt-not-now", reveal("o1")...)
	said := s.must("tappay", reveal("o3")...)
	if now := s.must("tappay", "salt", "status"); said["salt"] == nil || now["salt"] != said["salt"] || now["revealed"] != 2.0 {
		t.Fatalf("%v, %v", said, now)
	}
	s.wont("salt-not-now", reveal("o2")...)
	testnode.Mine(t, s.url, 12)
	s.charges("4.50")
	s.begin(50) // this round's operators sleep, and the last one's salt still serves
	s.charges("1.25")
	if woke := s.must("tappay", "salt", "wake", "--key-file", "relay.key"); woke["done"] != "woke" || woke["salt"] == nil {
		t.Fatalf("%v", woke)
	}
	s.charges("2")
	if got := s.balance(); got != "142.25" {
		t.Fatalf("the purse has %s", got)
	}
	if _, all, code := s.run("tappay", "monitor", "--once"); code != 0 || strings.Contains(all, "mismatch") {
		t.Fatalf("exit code %d\n%s", code, all)
	}
}

func TestDeployingASaltAgainIsTheSameAndNonsenseIsNotDeployed(t *testing.T) {
	s := &shop{T: t, dir: t.TempDir(), bin: must(programs())(t), keys: map[string]map[string]any{}}
	s.must("tappay", "key", "new", "o.key")
	c := s.must("tappay", "salt", "commitment", "--chain", "1", "--key-file", "o.key", "--name", "x")
	operator := c["operator"].(string) + "=" + c["commitment"].(string)
	deploy := func(round, patience, quorum string, more ...string) (map[string]any, int) {
		args := []string{"deploy", "--print", "--test-token", "--salt-round", round, "--salt-patience", patience, "--salt-quorum", quorum}
		said, _, code := s.run("tappay", append(args, more...)...)
		return said, code
	}
	first, _ := deploy("16", "8", "1", "--salt-operator", operator)
	again, code := deploy("16", "8", "1", "--salt-operator", operator)
	other, _ := deploy("32", "8", "1", "--salt-operator", operator)
	at := func(said map[string]any) any { return said["params"].(map[string]any)["salt"] }
	if code != 0 || at(first) != at(again) || at(first) == at(other) {
		t.Fatalf("%d: %v, %v, %v", code, at(first), at(again), at(other))
	}
	s.write("short.json", `{"anchor_life": 16}`)
	s.write("salted.json", `{"salt": "`+c["operator"].(string)+`"}`)
	for name, flags := range map[string][]string{
		"no operator":       nil,
		"no commitment":     {"--salt-operator", c["operator"].(string)},
		"half a commitment": {"--salt-operator", operator[:80]},
		"twice":             {"--salt-operator", operator, "--salt-operator", operator},
		"short life":        {"--salt-operator", operator, "--params", "short.json"},
		"two salts":         {"--salt-operator", operator, "--params", "salted.json"},
	} {
		if _, code := deploy("16", "8", "1", flags...); code != cli.ExitUsage {
			t.Errorf("%s: exit code %d", name, code)
		}
	}
}

// flaky passes calls on to a node unless it is down.
func flaky(t *testing.T, node string) (string, *atomic.Bool) {
	target, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	down, pass := new(atomic.Bool), httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, down
}

func TestAnOperatorThatFollowsOutlivesItsNodeAndItsColleagues(t *testing.T) {
	s := saltedShop(t)
	node, down := flaky(t, s.url)
	args := append(reveal("o1"), "--follow", "--every", "20ms", "--json", "--rpc", node, "--home", filepath.Join(s.dir, "tappay-home"))
	cmd := exec.Command(filepath.Join(s.bin, "tappay"), args...)
	cmd.Dir = s.dir
	out, errOut := must(cmd.StdoutPipe())(t), must(cmd.StderrPipe())(t)
	s.begin(20)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines, notes := bufio.NewScanner(out), bufio.NewScanner(errOut)
	next := func() map[string]any {
		t.Helper()
		said := map[string]any{}
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &said) != nil {
			t.Fatalf("it said %q", lines.Text())
		}
		return said
	}
	noted := func(want string) {
		t.Helper()
		for notes.Scan() {
			if strings.Contains(notes.Text(), want) {
				return
			}
		}
		t.Fatalf("it did not say %q", want)
	}
	if said := next(); said["done"] != "revealed" || said["salt"] != nil {
		t.Fatalf("%v", said)
	}
	s.must("tappay", reveal("o2")...)
	down.Store(true)
	noted("EOF")
	s.begin(20)
	down.Store(false)
	noted("going on")
	if said := next(); said["done"] != "revealed" || said["salt"] != nil {
		t.Fatalf("%v", said)
	}
	testnode.Mine(t, s.url, 40)
	woke := next()
	if woke["done"] != "woke" || woke["salt"] == nil {
		t.Fatalf("%v", woke)
	}
	s.charges("1")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if lines.Scan() {
		t.Fatalf("more: %s", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}
