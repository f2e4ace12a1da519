package main

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser is what a friend has: it follows redirects and waits until the page stops refreshing itself.
type browser struct {
	testing.TB
	url, page string
}

func (b *browser) do(method string) {
	b.Helper()
	r, err := http.NewRequest(method, b.url, nil)
	if err != nil {
		b.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("%d, %v", answer.StatusCode, err)
	}
	b.url, b.page = answer.Request.URL.String(), string(page)
}

// press presses the one button.
func (b *browser) press() {
	b.Helper()
	b.do(http.MethodPost)
	for deadline := time.Now().Add(20 * time.Second); strings.Contains(b.page, "http-equiv"); b.do(http.MethodGet) {
		if time.Now().After(deadline) {
			b.Fatal(b.page)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestAFriendAddsEntropyWithAButton(t *testing.T) {
	b := newBench(t)
	pins := b.wallets()
	source, target := filepath.Join(b.dir, "source.card"), filepath.Join(b.dir, "target.card")
	taps := append(pins, "--tap", source, "--tap", target)
	b.begin("owner", append(taps, "keycard", "duplicate", "start")...).ends()

	// The second card is presented twice before the first one comes.
	p := b.begin("friend", "keycard", "duplicate", "add-entropy", "--page", "--count", "2",
		"--tap", target, "--tap", target, "--tap", source)
	p.says(`http://127\.0\.0\.1:[0-9]+/[\w-]{22}\n`)
	friend := &browser{TB: t, url: regexp.MustCompile(`http://\S+`).FindString(p.all())}
	friend.do(http.MethodGet)
	friend.press()
	friend.press()
	if !strings.Contains(friend.page, "this card has the number already") {
		t.Error(friend.page)
	}
	friend.press()
	if !strings.Contains(friend.page, "Thank you") {
		t.Error(friend.page)
	}
	if said := p.ends(); !strings.Contains(said, "in 2 cards, and nowhere else any more") {
		t.Error(said)
	}
	b.begin("owner", append(taps, "keycard", "duplicate", "finish")...).ends()
	b.addresses()
}
