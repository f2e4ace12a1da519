package entropypage_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tapcard.example/internal/entropypage"
)

// desk is a page that is being served, and the person in front of it.
type desk struct {
	testing.TB
	url     string
	host    string
	presses chan entropypage.Result // what the next presses lead to
	ended   chan error
	stop    context.CancelFunc
}

func open(t testing.TB, want int) *desk {
	t.Helper()
	d := &desk{TB: t, presses: make(chan entropypage.Result, 8), ended: make(chan error, 1)}
	n := 0
	ask := func() string { n++; return fmt.Sprintf("card number %d", n) }
	p, err := entropypage.New(rand.Reader, want, ask, func(context.Context) entropypage.Result { return <-d.presses })
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.url, d.host = p.URL(l), l.Addr().String()
	var ctx context.Context
	ctx, d.stop = context.WithCancel(context.Background())
	go func() { d.ended <- p.Serve(ctx, l) }()
	t.Cleanup(d.stop)
	return d
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends a request as a browser does, or as change makes of it.
func (d *desk) ask(method, url string, change func(*http.Request)) (*http.Response, string) {
	d.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		d.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", "http://"+d.host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	answer, err := client.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		d.Fatal(err)
	}
	return answer, string(body)
}

// press presses the button and returns where the browser goes then.
func (d *desk) press(url string) string {
	d.Helper()
	answer, body := d.ask(http.MethodPost, url, nil)
	if answer.StatusCode != http.StatusSeeOther {
		d.Fatalf("%d: %s", answer.StatusCode, body)
	}
	return "http://" + d.host + answer.Header.Get("Location")
}

// settled is the page once the work is done.
func (d *desk) settled(url string) string {
	d.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		_, body := d.ask(http.MethodGet, url, nil)
		if !strings.Contains(body, `http-equiv="refresh"`) {
			return body
		}
		if time.Now().After(deadline) {
			d.Fatal("it never ends")
		}
	}
}

func wants(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not in the page:\n%s", text, page)
		}
	}
}

func TestOnePressOneCardUntilAllAreDone(t *testing.T) {
	d := open(t, 2)
	_, first := d.ask(http.MethodGet, d.url, nil)
	wants(t, first, "Add to the first card", "no PIN", `method="post"`)
	_, again := d.ask(http.MethodGet, d.url, nil)
	if again != first {
		t.Error("looking has changed something")
	}
	next := d.press(d.url)
	_, waiting := d.ask(http.MethodGet, next, nil)
	wants(t, waiting, "Hold the card to the reader", "card number 1", "waiting for it")
	d.presses <- entropypage.Result{State: entropypage.Refused, Text: "No <card> came."}
	wants(t, d.settled(next), "No &lt;card&gt; came.", "Add to the first card")
	next = d.press(next)
	d.presses <- entropypage.Result{State: entropypage.Added, Card: "keycard 4f2a91c0"}
	wants(t, d.settled(next), "keycard 4f2a91c0", "Add to the next card")
	next = d.press(next)
	d.presses <- entropypage.Result{State: entropypage.Added, Card: "keycard 77de01aa"}
	wants(t, d.settled(next), "Thank you", "keycard 4f2a91c0", "keycard 77de01aa")
	select {
	case err := <-d.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the page does not end")
	}
}

func TestASpoiltDuplicationEndsThePage(t *testing.T) {
	d := open(t, 2)
	next := d.press(d.url)
	d.presses <- entropypage.Result{State: entropypage.Spoilt, Text: "It left too soon."}
	page := d.settled(next)
	wants(t, page, "It has to start again", "It left too soon.")
	if strings.Contains(page, "<button") {
		t.Error("there is still a button")
	}
	if err := <-d.ended; err != nil {
		t.Error(err)
	}
}

func TestATokenIsGoodForOnePress(t *testing.T) {
	d := open(t, 3)
	next := d.press(d.url)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		answer, body := d.ask(method, d.url, nil)
		if answer.StatusCode != http.StatusForbidden || strings.Contains(body, "<form") {
			t.Errorf("%s with a used token: %d", method, answer.StatusCode)
		}
	}
	if answer, _ := d.ask(http.MethodPost, next, nil); answer.StatusCode != http.StatusForbidden {
		t.Errorf("pressed while it works: %d", answer.StatusCode)
	}
	d.presses <- entropypage.Result{State: entropypage.Added, Card: "one"}
	d.settled(next)
	if next == d.url {
		t.Error("the same token twice")
	}
}

// Everything that is not the page in front of the user is turned away, and the token is still good afterwards.
func TestNobodyElseCanPress(t *testing.T) {
	d := open(t, 1)
	for name, change := range map[string]func(*http.Request){
		"another host name": func(r *http.Request) { r.Host = "localhost:" + strings.Split(d.host, ":")[1] },
		"a rebound name": func(r *http.Request) {
			r.Host = "evil.example"
			r.Header.Set("Origin", "http://evil.example")
		},
		"no port":                func(r *http.Request) { r.Host = "127.0.0.1" },
		"another origin":         func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"no origin":              func(r *http.Request) { r.Header.Del("Origin") },
		"null origin":            func(r *http.Request) { r.Header.Set("Origin", "null") },
		"another port's origin":  func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") },
		"https origin":           func(r *http.Request) { r.Header.Set("Origin", "https://"+d.host) },
		"another site":           func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"the same site":          func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"typed by the user":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") },
		"another token":          func(r *http.Request) { r.URL.Path = "/AAAAAAAAAAAAAAAAAAAAAA" },
		"no token":               func(r *http.Request) { r.URL.Path = "/" },
		"something behind it":    func(r *http.Request) { r.URL.Path += "/x" },
		"the token and an offer": func(r *http.Request) { r.URL.Path += "x" },
	} {
		answer, body := d.ask(http.MethodPost, d.url, change)
		if answer.StatusCode < 400 || strings.Contains(body, "<form") {
			t.Errorf("%s: %d", name, answer.StatusCode)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodOptions} {
		if answer, _ := d.ask(method, d.url, nil); answer.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, answer.StatusCode)
		}
	}
	answer, _ := d.ask(http.MethodGet, d.url, func(r *http.Request) { r.Host = "evil.example" })
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("shown to another name: %d", answer.StatusCode)
	}
	d.presses <- entropypage.Result{State: entropypage.Added, Card: "one"}
	d.settled(d.press(d.url))
}

func TestThePageKeepsToItself(t *testing.T) {
	d := open(t, 1)
	answer, body := d.ask(http.MethodGet, d.url, nil)
	policy := answer.Header.Get("Content-Security-Policy")
	wants(t, policy, "default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "style-src 'sha256-")
	if answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("Referrer-Policy") != "same-origin" {
		t.Error(answer.Header)
	}
	if strings.Contains(policy, "unsafe") || regexp.MustCompile(`<script|\son[a-z]+=|https?://`).MatchString(body) {
		t.Error("script, or something from elsewhere")
	}
	d.stop()
	if err := <-d.ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestThePageIsForThisComputerOnly(t *testing.T) {
	p, err := entropypage.New(rand.Reader, 1, func() string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := elsewhere{}
	if err := p.Serve(context.Background(), l); err == nil || !strings.Contains(err.Error(), "this computer only") {
		t.Error(err)
	}
}

// elsewhere is a listener on an address of the network.
type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }
func (elsewhere) Close() error   { return nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestWithoutRandomnessThereIsNoPage(t *testing.T) {
	if _, err := entropypage.New(broken{}, 1, func() string { return "" }, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}
