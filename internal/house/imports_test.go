package house_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "tapcard.example/"

// listed is what `go list -deps -json` says of one package.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

// packages lists every package of the module and all their dependencies, in both build systems' eyes.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps,Module", module+"...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

func within(path string, folders ...string) bool {
	for _, f := range folders {
		if path == module+f || strings.HasPrefix(path, module+f+"/") {
			return true
		}
	}
	return false
}

// cards are the folders of the kinds of cards, each with its host, its wire and its applet.
var cards = []string{"keycard", "cktap", "linkedbackup", "paycard"}

// isWire says whether a package is codecs and crypto, used by both sides of a card.
func isWire(path string) bool { return strings.HasSuffix(path, "/wire") }

// codecDeps are the third-party packages that codecs may use.
var codecDeps = []string{
	"github.com/decred/dcrd/dcrec/secp256k1/v4", "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa",
	"github.com/fxamacker/cbor/v2", "github.com/x448/float16", // where the wire is CBOR
	"golang.org/x/crypto/ripemd160", "golang.org/x/crypto/sha3", "golang.org/x/sys/cpu",
	"golang.org/x/text/unicode/norm", "golang.org/x/text/transform",
}

// cborDeps are for the wires that are CBOR.
var cborDeps = []string{"github.com/fxamacker/cbor/v2", "github.com/x448/float16"}

func TestCodecsTakeBytesAndGiveBytes(t *testing.T) {
	all := packages(t)
	checked := 0
	for path, p := range all {
		if !within(path, "iso7816", "secret", "hd") && !(within(path, cards...) && isWire(path)) {
			continue
		}
		checked++
		for _, dep := range p.Deps {
			ours := strings.HasPrefix(dep, module)
			switch {
			case ours && !within(dep, "iso7816", "secret", "hd", "internal") && !isWire(dep):
				t.Errorf("%s depends on %s", path, dep)
			case within(path, "cktap") && slices.Contains(cborDeps, dep):
			case !ours && !all[dep].Standard && !slices.Contains(codecDeps, dep):
				t.Errorf("%s depends on %s", path, dep)
			case dep == "net" || dep == "os/exec" || strings.HasPrefix(dep, "net/"):
				t.Errorf("%s depends on %s", path, dep)
			}
		}
		if slices.Contains(p.Imports, "os") {
			t.Errorf("%s imports os", path)
		}
	}
	if checked < 6 {
		t.Fatalf("only %d packages checked", checked)
	}
}

// rule says that no package in one of the folders From may depend on a package for which Bad holds.
type rule struct {
	name string
	from func(path string) bool
	bad  func(path string) bool
}

func applet(path string) bool { return strings.HasSuffix(path, "/applet") }

// host says whether a package is the host's side of a kind of card.
func host(path string) bool {
	return within(path, cards...) && !isWire(path) && !applet(path)
}

func geth(path string) bool { return strings.HasPrefix(path, "github.com/ethereum/go-ethereum") }

var rules = []rule{
	{"hosts do not import applets", host, applet},
	{"applets do not import hosts", applet, func(p string) bool { return host(p) || within(p, "card", "signer") }},
	{"softcard imports no host package",
		func(p string) bool { return p == module+"softcard" },
		func(p string) bool { return host(p) || within(p, "card", "signer", "trust") }},
	{"signer knows no chain", func(p string) bool { return within(p, "signer") }, func(p string) bool { return within(p, "chain") }},
	{"go-ethereum only in chain/eth, bridge, cmd and pay",
		func(p string) bool {
			return strings.HasPrefix(p, module) && !within(p, "chain/eth", "bridge", "cmd", "pay")
		}, geth},
	{"net/http not in card packages",
		func(p string) bool {
			return within(p, "iso7816", "card", "softcard", "transport", "hd", "secret", "signer", "trust") ||
				within(p, cards...)
		},
		func(p string) bool { return p == "net/http" }},
	{"chain/btc links neither net/http, but in chain/btc/node, nor go-ethereum",
		func(p string) bool { return p == module+"chain/btc" }, func(p string) bool { return p == "net/http" || geth(p) }},
	{"nothing outside pay imports pay",
		func(p string) bool { return strings.HasPrefix(p, module) && !within(p, "pay", "cmd/tappay") },
		func(p string) bool { return within(p, "pay") }},
	{"nothing imports interop", func(p string) bool { return strings.HasPrefix(p, module) }, func(p string) bool { return within(p, "interop") }},
}

func TestWhoMayImportWhom(t *testing.T) {
	all := packages(t)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for path, p := range all {
				if !r.from(path) {
					continue
				}
				for _, dep := range p.Deps {
					if r.bad(dep) {
						t.Errorf("%s depends on %s", path, dep)
					}
				}
			}
		})
	}
}
