package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tapcard.example/secret"
)

// RPCConfig says how to reach the JSON-RPC of Bitcoin Core or btcd.
type RPCConfig struct {
	URL       string       // "http://127.0.0.1:8332"
	User      string       // rpcuser, or "__cookie__"
	Password  secret.Bytes // rpcpassword, or what is behind the colon in Core's .cookie file
	Roots     []byte       // a certificate in PEM that btcd uses (its rpc.cert), nil for those of the system
	Plaintext bool         // http also to other machines: somebody else takes care of the way there
}

// RPC is a Bitcoin Core or btcd node. Several goroutines may use it at once.
type RPC struct{ server server }

// NewRPC asks nothing yet.
func NewRPC(c RPCConfig) (*RPC, error) {
	s, err := newServer(c.URL, c.Plaintext, c.Roots)
	if err != nil {
		return nil, err
	}
	s.auth = func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json")
		c.Password.Reveal(func(password []byte) { r.SetBasicAuth(c.User, string(password)) })
	}
	return &RPC{s}, nil
}

// rpcError is what a node says is wrong, with its code.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error is what the node says, made safe to show, and the code.
func (e *rpcError) Error() string {
	return fmt.Sprintf("%s (code %d)", excerpt([]byte(e.Message)), e.Code)
}

// Codes that both nodes use (bitcoin/src/rpc/protocol.h).
const (
	codeNoMethod  = -32601
	codeNoAddress = -5 // also: no such transaction
	codeMempool   = -26
	codeKnown     = -27
)

// is says whether err is the node's error of one of the codes.
func is(err error, codes ...int) bool {
	var e *rpcError
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code == c {
			return true
		}
	}
	return false
}

// call calls a method and decodes its result. Errors of the node are ErrRefused, with the code for is.
func (r *RPC) call(ctx context.Context, result any, method string, params ...any) error {
	if method != "scantxoutset" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": "tapcard", "method": method, "params": params})
	if err != nil {
		return err
	}
	status, answer, err := r.server.do(ctx, http.MethodPost, "", body)
	if err != nil {
		return err
	}
	return decodeRPC(status, answer, result, method)
}

// decodeRPC reads the envelope. Bitcoin Core sends errors with status 500 or 404 and the same envelope.
func decodeRPC(status int, answer []byte, result any, method string) error {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: user or password is wrong, or this machine is not allowed to ask", ErrRefused)
	}
	var envelope struct {
		Result json.RawMessage `json:"result"`
		Error  *rpcError       `json:"error"`
	}
	if err := decodeJSON(answer, &envelope); err != nil {
		return fmt.Errorf("%w to %s: status %d: %s", ErrAnswer, method, status, excerpt(answer))
	}
	if envelope.Error != nil {
		return fmt.Errorf("%w: %s: %w", ErrRefused, method, envelope.Error)
	}
	if envelope.Result == nil {
		return fmt.Errorf("%w to %s: no result", ErrAnswer, method)
	}
	if err := decodeJSON(envelope.Result, result); err != nil {
		return fmt.Errorf("%w to %s: %s", ErrAnswer, method, excerpt(envelope.Result))
	}
	return nil
}

// decodeJSON leaves numbers as they are written: amounts must not become floats.
func decodeJSON(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if rest := strings.TrimSpace(string(raw[d.InputOffset():])); rest != "" {
		return errors.New("something follows")
	}
	return nil
}
