package entropypage

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"html/template"
	"net/http"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	page = template.Must(template.New("page").Parse(pageHTML))
)

// styleHash lets the browser use this one style and no other (CSP Level 3 §6.7.3.3).
var styleHash = func() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// header sets what keeps the page to itself.
func header(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash+
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
	_ = refusal.write(w)
}

var refusal = view{Title: "This page has had its turn", Refusal: true}

// view is what the page shows at one moment.
type view struct {
	Title   string
	Refusal bool
	Token   string
	Ask     string
	Working bool
	Over    bool
	Spoilt  bool
	Problem string
	Added   []string
	Missing []struct{} // one for each card to come
	Style   template.CSS
}

// view takes a look; p.mu is held.
func (p *Page) view() view {
	v := view{Title: "Help to copy a card", Token: p.token, Ask: p.asked, Working: p.working, Over: p.over(), Added: p.added,
		Missing: make([]struct{}, max(0, p.want-len(p.added)))}
	if p.last != nil && p.last.State != Added {
		v.Problem, v.Spoilt = p.last.Text, p.last.State == Spoilt
	}
	switch {
	case v.Spoilt:
		v.Title = "It has to start again"
	case v.Over:
		v.Title = "Thank you, that was all"
	case v.Working:
		v.Title = "Hold the card to the reader"
	}
	return v
}

func (v view) write(w http.ResponseWriter) error {
	v.Style = template.CSS(pageCSS)
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
