package wire_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// step is one exchange of a recorded file; testdata/vectors/PROVENANCE.md explains the fields.
type step struct {
	Note, Cmd, Resp string
	PlainCmd        string `json:"plain_cmd"`
	PlainResp       string `json:"plain_resp"`
	Keys            map[string]string
}

func (s step) key(t testing.TB, name string) []byte { return unhex(t, s.Keys[name]) }

func (s step) command(t testing.TB) iso7816.Command {
	c, err := iso7816.ParseCommand(unhex(t, s.Cmd))
	if err != nil {
		t.Fatalf("%s: %v", s.Note, err)
	}
	return c
}

func (s step) response(t testing.TB) iso7816.Response { return response(t, s.Resp) }

// wrapped says whether the exchange went through the secure channel.
func (s step) wrapped() bool { return s.PlainResp != "" }

// plainCommand is the command inside the secure channel.
func (s step) plainCommand(t testing.TB) iso7816.Command {
	header, data, _ := strings.Cut(s.PlainCmd, "|")
	h := unhex(t, header)
	return iso7816.Command{CLA: h[0], INS: h[1], P1: h[2], P2: h[3], Data: unhex(t, data)}
}

// plain is the answer as the applet made it: inside the secure channel if there is one.
func (s step) plain(t testing.TB) iso7816.Response {
	if s.wrapped() {
		return response(t, s.PlainResp)
	}
	return s.response(t)
}

func response(t testing.TB, s string) iso7816.Response {
	r, err := iso7816.ParseResponse(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// recorded maps the version of each recorded applet to its exchanges.
func recorded(t testing.TB) map[wire.Version][]step {
	t.Helper()
	all := map[wire.Version][]step{}
	for v, file := range map[wire.Version]string{
		wire.V2_0: "keycard_vectors_2.0.json",
		wire.V2_3: "keycard_vectors_2.3-b9fa612.json",
		wire.V3_1: "keycard_vectors_3.1.2.json",
	} {
		raw, err := os.ReadFile(filepath.Join("..", "testdata", "vectors", file))
		if err != nil {
			t.Fatal(err)
		}
		var steps []step
		if err := json.Unmarshal(raw, &steps); err != nil {
			t.Fatal(err)
		}
		if len(steps) != 31 {
			t.Fatalf("%s has %d steps, not 31", file, len(steps))
		}
		all[v] = steps
	}
	return all
}
