package vault_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"tapcard.example/internal/testnode"
	"tapcard.example/pay/vault"
	"tapcard.example/secret"
)

func TestAnOperatorThatWasKilledAfterSendingGoesOn(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	s.begin(0)
	s.mining(false)
	dying, kill := context.WithCancel(ctx)
	gone := make(chan error)
	go func() {
		_, err := s.operators[0].Reveal(dying, s.v.Salt)
		gone <- err
	}()
	for s.sent(s.keys[0]) == 0 {
	}
	kill()
	if err := <-gone; err == nil {
		t.Fatal("it was not killed in time")
	}
	again := vault.NewOperator(s.keys[0], 31337, "test")
	if _, err := again.Reveal(ctx, s.v.Salt); !errors.Is(err, vault.ErrOnItsWay) || s.sent(s.keys[0]) != 1 {
		t.Fatalf("%d sent, %v", s.sent(s.keys[0]), err)
	}
	testnode.Mine(t, s.url, 1)
	s.mining(true)
	if _, err := again.Reveal(ctx, s.v.Salt); !errors.Is(err, vault.ErrNotNow) || s.state().Revealed != 1 {
		t.Fatal(err)
	}
	s.reveal(1)
	s.begin(0)
	must[vault.Turn](t)(again.Reveal(ctx, s.v.Salt))
	must[vault.Turn](t)(s.operators[1].Reveal(ctx, s.v.Salt))
	if s.state().Salt == ([32]byte{}) {
		t.Fatal("no salt")
	}
}

// sent is how many transactions of an account the node has that are in no block.
func (s *salted) sent(k *vault.Key) uint64 {
	s.Helper()
	mined := must[uint64](s.T)(s.v.Node().NonceAt(s.Context(), k.Address, nil))
	return must[uint64](s.T)(s.v.Node().PendingNonceAt(s.Context(), k.Address)) - mined
}

// mining says whether the node makes a block of each transaction.
func (s *salted) mining(on bool) {
	s.Helper()
	s.call("evm_setAutomine", on)
}

// call makes a call of the node's own.
func (s *salted) call(method string, args ...any) {
	s.Helper()
	if err := s.v.Node().Client().CallContext(s.Context(), nil, method, args...); err != nil {
		s.Fatal(err)
	}
}

func TestAnOperatorGoesBackWithTheChain(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	var before string
	if err := s.v.Node().Client().CallContext(ctx, &before, "evm_snapshot"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s.rotated(0, 1)
	}
	s.call("evm_revert", before)
	s.rotated(0, 1)
}

func TestTwoProcessesOfOneOperatorCountOnce(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	for range 3 {
		s.begin(0)
		results := make(chan error)
		for range 2 {
			go func() {
				_, err := vault.NewOperator(s.keys[0], 31337, "test").Reveal(ctx, s.v.Salt)
				results <- err
			}()
		}
		first, second := <-results, <-results
		if first != nil && second != nil || s.state().Revealed != 1 {
			t.Fatalf("%v, %v", first, second)
		}
	}
	s.rotated(0, 1)
}

// watched is the salt through a proxy that counts the requests in which a call of reveal is.
func (s *salted) watched() (*vault.Salt, *atomic.Int64) {
	s.Helper()
	shown := new(atomic.Int64)
	target := must[*url.URL](s.T)(url.Parse(s.url))
	selector := hex.EncodeToString(crypto.Keccak256([]byte("reveal(bytes32,bytes32)"))[:4])
	pass := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && bytes.Contains(body, []byte(selector)) {
			shown.Add(1)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass.ServeHTTP(w, r)
	}))
	s.Cleanup(server.Close)
	chain := must[*vault.Chain](s.T)(vault.Dial(s.Context(), server.URL))
	s.Cleanup(func() { chain.Close() })
	return must[*vault.Salt](s.T)(chain.OpenSalt(s.Context(), s.v.Salt.Address)), shown
}

func TestASecretThatASaltDoesNotTakeIsShownToNoNode(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	s.begin(0)
	salt, shown := s.watched()
	never := func(why error, k *vault.Key, name string, reveal func() error) {
		t.Helper()
		was, nonce, before := s.state(), must[uint64](t)(s.v.Node().PendingNonceAt(ctx, k.Address)), shown.Load()
		if err := reveal(); !errors.Is(err, why) {
			t.Errorf("%s: %v", name, err)
		}
		if s.state() != was || must[uint64](t)(s.v.Node().PendingNonceAt(ctx, k.Address)) != nonce {
			t.Errorf("%s: something changed", name)
		}
		if shown.Load() != before {
			t.Errorf("%s: the secret was shown to the node", name)
		}
	}
	by := func(k *vault.Key, chain uint64, name string) func() error {
		return func() error { _, err := vault.NewOperator(k, chain, name).Reveal(ctx, salt); return err }
	}
	never(vault.ErrNotOperator, s.rich, "no operator", by(s.rich, 31337, "test"))
	never(vault.ErrNotOperator, s.keys[0], "another name", by(s.keys[0], 31337, "tes"))
	never(vault.ErrNotOperator, s.keys[0], "another chain", by(s.keys[0], 1, "test"))
	never(vault.ErrNotCommitted, s.keys[0], "another secret", func() error {
		_, err := salt.Reveal(ctx, s.keys[0], secret.New(crypto.Keccak256(nil)), [32]byte{1})
		return err
	})
	must[vault.Turn](t)(s.operators[0].Reveal(ctx, salt))
	if shown.Load() == 0 {
		t.Error("nobody would have noticed")
	}
	never(vault.ErrNotNow, s.keys[0], "twice", by(s.keys[0], 31337, "test"))
	s.reveal(1)
	never(vault.ErrNotNow, s.keys[2], "after the quorum", by(s.keys[2], 31337, "test"))
	c := must[[32]byte](t)(s.v.Salt.Commitment(ctx, s.keys[2].Address))
	if c != s.operators[2].First() {
		t.Error("the third operator's secret is used up")
	}
}

func TestOperatorsThatFollowMakeASaltInEachRound(t *testing.T) {
	s, ctx := newSalted(t, testnode.Anvil), t.Context()
	s.begin(0)
	revealed, woke := 0, 0
	look := func(who ...int) {
		for range saltRound {
			for _, i := range who {
				turn, err := s.operators[i].Look(ctx, s.v.Salt)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case turn == nil:
				case turn.Waking:
					woke++
				default:
					revealed++
				}
			}
			testnode.Mine(t, s.url, 1)
		}
	}
	from := s.state().Round
	look(0, 1, 2)
	look(0, 1, 2)
	rounds := int(s.state().Round - from)
	if n := revealed - 2*rounds; n < 0 || n > 2 || woke != 0 { // the last round may have begun
		t.Errorf("%d reveals and %d wakings in %d rounds", revealed, woke, rounds)
	}
	s.begin(0)
	woke = 0
	look(2) // the others sleep
	if woke == 0 {
		t.Error("nobody woke the round")
	}
	s.begin(saltRound - 1)
	if turn, err := s.operators[0].Look(ctx, s.v.Salt); turn != nil || err != nil {
		t.Errorf("in a round's last block: %+v, %v", turn, err)
	}
}

func TestSecretsAreDerivedAsTheyWereWhenTheFirstSaltWasDeployed(t *testing.T) {
	h := hmac.New(sha256.New, bytes.Repeat([]byte{1}, 32))
	h.Write([]byte("tappay salt\x00\x00\x00\x00\x00\x00\x00\x05corner\x00\x00\x00\x00\x00\x00\x00\x00"))
	want := [32]byte(crypto.Keccak256(h.Sum(nil)))
	if got := vault.NewOperator(key(t, strings.Repeat("01", 32)), 5, "corner").First(); got != want {
		t.Fatalf("%x, and not %x", got, want)
	}
}

func TestSecretsDifferByKeyChainAndName(t *testing.T) {
	seen := map[[32]byte]string{}
	for _, k := range []string{"a", "b"} {
		for _, chain := range []uint64{1, 2} {
			for _, name := range []string{"", "x", "x\x00", strings.Repeat("x", 99)} {
				c := vault.NewOperator(named(t, k), chain, name).First()
				if other, was := seen[c]; was {
					t.Errorf("%s %d %q is also %s", k, chain, name, other)
				}
				seen[c] = fmt.Sprintf("%s %d %q", k, chain, name)
			}
		}
	}
}
