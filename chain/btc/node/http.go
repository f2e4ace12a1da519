package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tapcard.example/signer"
)

// patience is how long a call may take. Searching the whole set of coins for an address takes Bitcoin Core minutes.
const (
	patience     = 30 * time.Second
	longPatience = 15 * time.Minute
)

// server is where requests go.
type server struct {
	base   string
	client *http.Client
	auth   func(*http.Request)
}

// newServer checks the address. Without TLS, passwords and questions would be read and answers written by anybody on
// the way: http is for this machine, and for onion services, which bring their own encryption, unless plaintext says
// otherwise.
func newServer(base string, plaintext bool, roots []byte) (server, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return server{}, fmt.Errorf("%w: its address must look like https://host:port/path", ErrRefused)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !plaintext && !private(u.Hostname())) {
		return server{}, fmt.Errorf("%w: %s is not this machine, so its address must begin with https://", ErrRefused, u.Host)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: patience}
	if roots != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(roots) {
			return server{}, fmt.Errorf("%w: there is no certificate in the file given for it", ErrRefused)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("it sends elsewhere, where nobody meant to ask")
	}}
	return server{base: strings.TrimSuffix(base, "/"), client: client}, nil
}

func private(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback() || strings.HasSuffix(host, ".onion")
}

// do sends a request and reads the answer, whatever its status.
func (s server) do(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if s.auth != nil {
		s.auth(req)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrUnreachable, withoutURL(err))
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if len(answer) > maxBody {
		return 0, nil, fmt.Errorf("%w: more than %d bytes of it", ErrAnswer, maxBody)
	}
	return resp.StatusCode, answer, nil
}

// withoutURL keeps the address out of errors, where it is long and says which addresses were asked for.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// excerpt makes what a server says safe to show.
func excerpt(answer []byte) string {
	const most = 400
	text, _ := signer.Printable(strings.TrimSpace(string(answer[:min(most, len(answer))])))
	return text
}
