// Package entropypage is a page with one button for somebody who helps to duplicate a Keycard and would rather not use
// a command line. The program that owns the reader serves it, on loopback, to the browser of the same computer.
//
// Whoever can press the button can spoil the duplication, so nobody but the person in front of this browser shall:
//
//   - The page is served on a loopback address only, and to requests for exactly that address, so that no name that an
//     attacker points there (DNS rebinding) reaches it.
//   - Its path is a random token of 16 bytes. A token is good for one press of the button; the page that follows has
//     another one.
//   - A press must come from the page itself: net/http's CrossOriginProtection, and an Origin or Sec-Fetch-Site that
//     says so.
//   - The page runs no script, loads nothing, cannot be framed and is not cached.
package entropypage

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// State is what became of one press of the button.
type State int

// The states.
const (
	Added   State = iota // the card has this computer's entropy
	Refused              // nothing has happened; press again, perhaps with another card
	Spoilt               // the duplication cannot go on
)

// Result is what one press of the button led to.
type Result struct {
	State State
	Card  string // its name, where it is known
	Text  string // what happened, for a person
}

// Page is the page and what has happened on it.
type Page struct {
	want  int
	ask   func() string
	press func(context.Context) Result
	rand  io.Reader

	mu      sync.Mutex
	token   string
	asked   string // what ask said last; it is not called while press runs
	working bool
	added   []string // names of the cards that are done
	last    *Result
	seen    chan struct{} // closed when the last page was shown
	shown   bool
}

const tokenSize = 16 // bytes

// New makes a page for want cards. ask says which card is to come next, and press, which is called with one press at a
// time, waits for it and adds the entropy. rand is where the tokens come from.
func New(rand io.Reader, want int, ask func() string, press func(context.Context) Result) (*Page, error) {
	p := &Page{want: want, ask: ask, press: press, rand: rand, asked: ask(), seen: make(chan struct{})}
	return p, p.renew()
}

// renew makes a new token in place of the one before.
func (p *Page) renew() error {
	b := make([]byte, tokenSize)
	if _, err := io.ReadFull(p.rand, b); err != nil {
		return fmt.Errorf("the page's token: %w", err)
	}
	p.token = base64.RawURLEncoding.EncodeToString(b)
	return nil
}

// URL is the page's address when it is served by l: valid until the button is pressed for the first time.
func (p *Page) URL(l net.Listener) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "http://" + l.Addr().String() + "/" + p.token
}

// What a browser may take its time for. Nothing here waits for a card: the page comes again until it has come.
const (
	requestTime = 10 * time.Second
	farewell    = 30 * time.Second // for the browser to fetch the last page
	maxHeader   = 16 << 10         // bytes
)

// Serve serves the page until all cards are done, the duplication is spoilt, or ctx ends. l must be on loopback.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	addr, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil || !addr.Addr().IsLoopback() {
		return errors.Join(fmt.Errorf("the page is for this computer only, not for %v", l.Addr()), l.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &http.Server{Handler: p.handler(ctx, l.Addr().String()), ReadHeaderTimeout: requestTime, ReadTimeout: requestTime,
		WriteTimeout: requestTime, MaxHeaderBytes: maxHeader}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return errors.Join(s.Close(), context.Cause(ctx))
	case <-p.seen:
	}
	ctx, cancel = context.WithTimeout(ctx, requestTime)
	defer cancel()
	return s.Shutdown(ctx)
}

// handler is the page and its button, and everything that keeps others off it.
func (p *Page) handler(ctx context.Context, host string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}", p.show)
	mux.HandleFunc("POST /{token}", func(w http.ResponseWriter, r *http.Request) { p.pressed(ctx, w, r) })
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header(w.Header())
		r.Body = http.MaxBytesReader(w, r.Body, 0)
		switch {
		case r.Host != host:
			refuse(w, http.StatusMisdirectedRequest)
		case r.Method == http.MethodPost && !fromThePage(r, host):
			refuse(w, http.StatusForbidden)
		default:
			guarded.ServeHTTP(w, r)
		}
	})
}

// fromThePage says that a browser says that a press comes from the page itself.
func fromThePage(r *http.Request, host string) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	return r.Header.Get("Origin") == "http://"+host
}

// valid says that a request has the token of the moment; p.mu is held.
func (p *Page) valid(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.PathValue("token")), []byte(p.token)) == 1
}

// pressed burns the token and begins to work; the browser goes on to the page that says so.
func (p *Page) pressed(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.valid(r) || p.working || p.over() {
		refuse(w, http.StatusForbidden)
		return
	}
	if err := p.renew(); err != nil {
		p.token = ""
		refuse(w, http.StatusInternalServerError)
		return
	}
	p.working, p.last = true, nil
	go p.work(ctx)
	http.Redirect(w, r, "/"+p.token, http.StatusSeeOther)
}

func (p *Page) work(ctx context.Context) {
	result := p.press(ctx)
	asked := p.ask()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.working, p.last, p.asked = false, &result, asked
	if result.State == Added {
		p.added = append(p.added, result.Card)
	}
	if p.over() { // should nobody come for the last page, the end comes all the same
		time.AfterFunc(farewell, p.end)
	}
}

// over says that there is nothing left to press for; p.mu is held.
func (p *Page) over() bool {
	return len(p.added) >= p.want || p.last != nil && p.last.State == Spoilt
}

// end has Serve return.
func (p *Page) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.shown {
		p.shown = true
		close(p.seen)
	}
}

// show shows the page.
func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if !p.valid(r) {
		p.mu.Unlock()
		refuse(w, http.StatusForbidden)
		return
	}
	v, over := p.view(), p.over()
	p.mu.Unlock()
	if err := v.write(w); err == nil && over {
		p.end()
	}
}
