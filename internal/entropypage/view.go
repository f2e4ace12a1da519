package entropypage

import (
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"html"
	"io"
	"net/http"
	"strings"
)

// The page is put together by hand: html/template would keep every method of the whole program alive, for one page.
// Whatever comes from outside this file goes through html.EscapeString.
var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// styleHash lets the browser use this one style and no other (CSP Level 3 §6.7.3.3).
func styleHash() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// header sets what keeps the page to itself.
func header(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash()+
		"; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin") // "no-referrer" would make the button's Origin null
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// refuse answers a request that is not for this page, or with a token that has had its turn.
func refuse(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	_ = view{title: "This page has had its turn", body: refusedText}.write(w)
}

// view is what the page shows at one moment, as HTML but for the title.
type view struct{ title, refresh, badge, body, cards string }

func (v view) write(w io.Writer) error {
	_, err := strings.NewReplacer("@title@", html.EscapeString(v.title), "@refresh@", v.refresh, "@style@", pageCSS,
		"@badge@", v.badge, "@body@", v.body, "@cards@", v.cards).WriteString(w, pageHTML)
	return err
}

const (
	refresh = `<meta http-equiv="refresh" content="1">`
	badge   = `<circle class="badge" cx="166" cy="98" r="17"/><path class="tick" d="M158 98l6 6 11-12"/>`
	tick    = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10l4 4 8-9"/></svg>`
)

// The page's texts.
const (
	refusedText = "<p>It was opened or used before, or it is not for this address. " +
		"Go back to the newest page, or start the program once more.</p>"
	spoiltText = "<p>Nothing is lost: the first card still holds its key. " +
		"The owner of the cards starts over, with every card.</p>"
	overText = "<p>Every card has this computer’s contribution, and this computer has forgotten it. " +
		"Give the cards back and close this page.</p>"
	askText = "<p>A friend copies the key of a card to another one. Your computer adds a random number that the cards " +
		"mix in, so that to spy on one computer is not enough to read the key. It asks for no PIN and learns no secret of " +
		"the cards.</p>"
	hintText = `<p class="hint">Press, then hold the card to the reader until the page says so.</p>`
)

// view takes a look; p.mu is held.
func (p *Page) view() view {
	problem, spoilt := "", false
	if p.last != nil && p.last.State != Added {
		problem = `<p class="problem" role="alert">` + html.EscapeString(p.last.Text) + "</p>"
		spoilt = p.last.State == Spoilt
	}
	v := view{cards: p.list()}
	switch {
	case spoilt:
		v.title, v.body = "It has to start again", problem+spoiltText
	case p.over():
		v.title, v.body, v.badge = "Thank you, that was all", overText, badge
	case p.working:
		v.title, v.refresh = "Hold the card to the reader", refresh
		v.body = `<p role="status">` + html.EscapeString(p.asked) + ".<br>If one lies there already that is done, " +
			`change it for the next.</p><div class="progress"><span></span></div>`
	default:
		v.title, v.body = "Help to copy a card", problem+askText+p.button()+hintText
	}
	return v
}

func (p *Page) button() string {
	which := "first"
	if len(p.added) > 0 {
		which = "next"
	}
	return `<form method="post" action="/` + p.token + `"><button>Add to the ` + which + ` card</button></form>`
}

// list shows the cards that are done and those to come.
func (p *Page) list() string {
	var b strings.Builder
	b.WriteString(`<ol class="cards" aria-label="Cards">`)
	for _, name := range p.added {
		b.WriteString(`<li class="done">` + tick + html.EscapeString(name) + "</li>")
	}
	for i := len(p.added); i < p.want; i++ {
		state := "to come"
		if p.working && i == len(p.added) {
			state = "waiting for it …"
		}
		b.WriteString("<li>" + state + "</li>")
	}
	b.WriteString("</ol>")
	return b.String()
}
