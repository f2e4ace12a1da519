package main

import (
	"strings"
	"testing"

	"tapcard.example/internal/cli"
)

func TestAProvidersKeyInTheNodesURLIsNotShown(t *testing.T) {
	s := &shop{T: t, dir: t.TempDir(), bin: must(programs())(t)}
	const canary = "canary-5f3c"
	for _, url := range []string{"http://127.0.0.1:1/v3/" + canary, "http://user:" + canary + "@127.0.0.1:1/", "ws://127.0.0.1:1/" + canary} {
		_, all, code := s.run("tappay", "use", "--rpc", url, "--vault", "0x0000000000000000000000000000000000000001")
		if code != cli.ExitFailed || strings.Contains(all, canary) {
			t.Errorf("exit code %d\n%s", code, all)
		}
	}
	if got := shownURL("https://node.example/v3/" + canary); got != "https://node.example/..." {
		t.Error(got)
	}
}

// must is for results that have to be there.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAnAccountWithoutGasIsToldSo(t *testing.T) {
	s := newShop(t)
	s.must("tappay", "key", "new", "poor.key")
	_, all, code := s.run("tappay", "test-money", "--milliether", "0", "--to", s.merchant, "--key-file", "poor.key")
	if code != cli.ExitFailed || !strings.Contains(all, "to pay for gas") || !strings.Contains(all, "hint") {
		t.Errorf("exit code %d\n%s", code, all)
	}
}
