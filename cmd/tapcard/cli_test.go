package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tapcard.example/hd"
	"tapcard.example/secret"
)

// logEnv names the file in which every run of the program under test leaves its arguments and all it wrote.
const logEnv = "TAPCARD_TEST_LOG"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tapcard": func() { os.Exit(watched()) }})
}

// watched runs the program with everything it says copied to the log.
func watched() int {
	log, err := os.OpenFile(os.Getenv(logEnv), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	defer log.Close()
	fmt.Fprintf(log, "$ tapcard %q\n", os.Args[1:])
	return run(os.Args[1:], os.Stdin, io.MultiWriter(os.Stdout, log), io.MultiWriter(os.Stderr, log))
}

// Secrets of the scripts. Each is unmistakable, so that finding it anywhere is a leak.
var canaries = map[string]string{
	"pin":       "718293",
	"newpin":    "829374",
	"secondpin": "405162",
	"wrongpin":  "990817",
	"duress":    "645382",
	"puk":       "918273645546",
	"newpuk":    "827364554637",
	"password":  "canary pairing password",
	"password2": "another canary password",
	"mnemonic":  "test test test test test test test test test test test junk",
	"realkey":   "arctic live gadget display excess mandate sniff autumn people disorder affair horn",
	"newcvc":    "31415926",
	"code":      "canary access code",
	"newcode":   "another access canary",
	"maker":     "canary maker passphrase",
	"mackey":    "5ca1ab1e0ddba11c0ffee0badc0de0feedface0deadbeef0cafed00d1ce1ce00",
	"12words":   "legal winner thank year wave sausage worth useful legal winner thank yellow",
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               setUp,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "field": field},
	})
}

// setUp gives a script its secrets as files, a home for the program, and a search for leaks at its end.
func setUp(env *testscript.Env) error {
	dir := env.WorkDir
	if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
		return err
	}
	for name, value := range canaries {
		if err := os.WriteFile(filepath.Join(dir, "secrets", name), []byte(value+"\n"), 0o600); err != nil {
			return err
		}
	}
	log := filepath.Join(dir, "log")
	env.Setenv(logEnv, log)
	env.Setenv("TAPCARD_HOME", filepath.Join(dir, "home"))
	env.Setenv("TAPCARD_PCSCD", "")
	env.Setenv("S", filepath.Join(dir, "secrets"))
	env.Defer(func() {
		if leaks := findLeaks(dir); len(leaks) > 0 {
			env.T().Fatal("secrets leaked: ", strings.Join(leaks, "; "))
		}
	})
	return nil
}

// exits runs a program and wants exactly this exit code: exits 4 tapcard ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// field takes a string out of a JSON object in a file and writes it into another file: field FILE NAME OUT.
func field(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: field FILE NAME OUT")
	}
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &object))
	value, ok := object[args[1]].(string)
	if !ok {
		ts.Fatalf("%s has no string %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(value), 0o600))
}

// findLeaks searches everything a script left behind, but for the secrets themselves, the cards, and what the user
// asked to see (files named shown-*), for any secret in any form.
func findLeaks(dir string) (leaks []string) {
	forms := map[string][]byte{}
	for name, value := range canaries {
		for form, b := range spellings(name, value) {
			forms[name+" "+form] = bytes.ToLower(b)
		}
	}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == "secrets" {
				return fs.SkipDir
			}
			return err
		}
		if strings.HasSuffix(path, ".card") || strings.HasPrefix(d.Name(), "shown-") {
			return nil
		}
		raw, err := os.ReadFile(path)
		raw = bytes.ToLower(raw)
		for name, form := range forms {
			if contains(raw, form) {
				leaks = append(leaks, name+" in "+filepath.Base(path))
			}
		}
		return err
	})
	return leaks
}

// contains finds a form of a secret. Six digits in the middle of a longer number in hex are there by chance: ciphertexts
// and keys are full of them.
func contains(raw, form []byte) bool {
	hexDigit := func(i int) bool {
		return i >= 0 && i < len(raw) && bytes.IndexByte([]byte("0123456789abcdef"), raw[i]) >= 0
	}
	for at := 0; ; at++ {
		i := bytes.Index(raw[at:], form)
		if i < 0 {
			return false
		}
		at += i
		if len(form) > 12 || !hexDigit(at-1) || !hexDigit(at+len(form)) {
			return true
		}
	}
}

// spellings are the forms in which a secret might leak: as it is, in hex, and for a mnemonic its seed and master key.
func spellings(name, value string) map[string][]byte {
	forms := map[string][]byte{"as text": []byte(value), "in hex": []byte(hex.EncodeToString([]byte(value)))}
	if !slices.Contains([]string{"mnemonic", "realkey", "12words"}, name) {
		return forms
	}
	seed := hd.Seed(secret.Copy([]byte(value)), secret.Bytes{})
	seed.Reveal(func(b []byte) { forms["as seed"] = []byte(hex.EncodeToString(b)) })
	key, err := hd.Master(seed)
	if err != nil {
		panic(err)
	}
	key.Private().Reveal(func(b []byte) { forms["as master key"] = []byte(hex.EncodeToString(b)) })
	return forms
}

func TestTheSearchForLeaksFindsThem(t *testing.T) {
	dir := t.TempDir()
	for name, value := range canaries {
		for form, b := range spellings(name, value) {
			file := filepath.Join(dir, "home")
			if err := os.WriteFile(file, bytes.ToUpper(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if len(findLeaks(dir)) == 0 {
				t.Errorf("%s %s is not found", name, form)
			}
		}
	}
}
