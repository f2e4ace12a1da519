package main

import (
	"strings"
	"testing"

	"tapcard.example/internal/cli"
)

func TestTheMonitorLooksOnceAndSendsNothing(t *testing.T) {
	s := newShop(t)
	s.charges("4.50")
	for range 2 {
		if _, all, code := s.run("tappay", "monitor", "--once"); code != 0 || strings.Contains(all, "mismatch") {
			t.Fatalf("exit code %d\n%s", code, all)
		}
	}
	_, all, code := s.run("tappay", "monitor", "--once", "--challenge")
	if code != cli.ExitUsage || !strings.Contains(all, "--key-file") {
		t.Errorf("exit code %d\n%s", code, all)
	}
	s.write("evidence.json", `{"offers":[{}]}`)
	_, all, code = s.run("tappay", "monitor", "evidence", "evidence.json")
	if code != cli.ExitFailed || !strings.Contains(all, "proves nothing") {
		t.Errorf("exit code %d\n%s", code, all)
	}
	if _, all, code := s.run("tappay", "monitor", "--once", "--from", "40"); code != 0 {
		t.Errorf("a state file that is there does not begin anew: exit code %d\n%s", code, all)
	}
}
