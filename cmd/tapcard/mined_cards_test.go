package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// minedTable is the title in the README's support matrix. Its cells are written by tests that another program judged.
const minedTable = "Cards and chains"

// Codes of the cards of these tests.
const minedCVC, minedPIN, minedPUK = "27182818", "246802", "123456789012"

// minedCard is a card that somebody owns, and the program's home on their computer.
type minedCard struct {
	*testing.T
	name string // its row in the matrix
	dir  string
	args []string // that come before every command
	code []string // and after the commands of the card
}

// makeCard makes a card of a kind, with options of "virtual new".
func makeCard(t *testing.T, name, kind string, options ...string) *minedCard {
	t.Helper()
	c := &minedCard{T: t, name: name, dir: t.TempDir()}
	c.args = []string{"--json", "--yes", "--home", c.file("home"), "--card", c.file("card")}
	made := c.run(append([]string{"virtual", "new", kind, c.file("card")}, options...)...)
	if kind == "keycard" {
		c.loadKeycard()
		return c
	}
	c.run("trust", "add", "coinkite", made["factory_root"].(string), "--name", "this test")
	c.code = []string{"--cvc-file", c.write("cvc", made["cvc"].(string))}
	if kind != "satscard" {
		key, _ := made["backup_key"].(string)
		c.run("tapsigner", "setup", "--path", "m/84h/1h/0h", "--backup-dir", c.dir,
			"--entropy-file", c.write("entropy", strings.Repeat("5eed", 16)),
			"--backup-key-file", c.write("backup-key", key), "--new-cvc-file", c.write("new", minedCVC))
		c.code = []string{"--cvc-file", c.file("new")}
	}
	return c
}

// loadKeycard gives a Keycard its codes and the key of the public test mnemonic.
func (c *minedCard) loadKeycard() {
	c.Helper()
	c.code = []string{"--pin-file", c.write("pin", minedPIN)}
	c.run("keycard", "init", "--puk-file", c.write("puk", minedPUK))
	c.run("keycard", "key", "load", "--mnemonic-file", c.write("mnemonic", demoMnemonic))
}

func (c *minedCard) file(name string) string { return filepath.Join(c.dir, name) }

// write leaves a file for the program to read.
func (c *minedCard) write(name, content string) string {
	c.Helper()
	if err := os.WriteFile(c.file(name), []byte(content), 0o600); err != nil {
		c.Fatal(err)
	}
	return c.file(name)
}

// try runs the program as its user would, and reads the JSON that it prints.
func (c *minedCard) try(args ...string) (map[string]any, error) {
	c.Helper()
	var out, said bytes.Buffer
	if exit := run(slices.Concat(c.args, args, c.code), strings.NewReader(""), &out, &said); exit != 0 {
		return nil, errors.New(said.String())
	}
	var result map[string]any
	err := json.Unmarshal(out.Bytes(), &result)
	return result, err
}

// run is try for what must succeed.
func (c *minedCard) run(args ...string) map[string]any {
	c.Helper()
	result, err := c.try(args...)
	if err != nil {
		c.Fatalf("tapcard %q: %v", args, err)
	}
	return result
}

// origin is an account of the card: its xpub, and how PSBTs name it.
type origin struct {
	fingerprint [4]byte
	path        hd.Path
	xpub        *hd.XPub
}

// account is the card's at m/84'/1'/0': of a TAPSIGNER what it says, of a Keycard what follows from its mnemonic.
func (c *minedCard) account() origin {
	c.Helper()
	path, err := hd.ParsePath("m/84'/1'/0'")
	if err != nil {
		c.Fatal(err)
	}
	if !strings.HasPrefix(c.name, "Keycard") {
		said := c.run("tapsigner", "xpub")
		x, _, err := hd.ParseXPub(said["xpub"].(string))
		if err != nil {
			c.Fatal(err)
		}
		return origin{[4]byte(unhex(c.T, said["fingerprint"].(string))), path, x}
	}
	master, err := hd.Master(hd.Seed(secret.Copy([]byte(demoMnemonic)), secret.Bytes{}))
	if err != nil {
		c.Fatal(err)
	}
	k, err := master.Derive(path)
	if err != nil {
		c.Fatal(err)
	}
	return origin{master.Fingerprint(), path, k.Neuter()}
}

// key is a public key of the account, compressed.
func (o origin) key(t *testing.T, branch, index uint32) [33]byte {
	t.Helper()
	x, err := o.xpub.Derive(hd.Path{branch, index})
	if err != nil {
		t.Fatal(err)
	}
	return x.Compressed()
}
