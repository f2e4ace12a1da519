package interop

import (
	"encoding/hex"
	"slices"
	"testing"
)

// expectation is what one step must have come to. check is nil where no complaint is all that is asked.
type expectation struct {
	name  string
	since string // first profile that does it, "" for all
	until string // last profile that does it, "" for all
	check func(*judge, Step)
}

// scenario lists the steps in the order the drivers take them.
var scenario = []expectation{
	{"select empty", "", "", initialized(false)},
	{"identify empty", "3.1", "", (*judge).identified},
	{"init", "", "", nil},
	{"select", "", "", (*judge).freshCard},
	{"pair wrong", "", "", refused},
	{"pair", "", "", nil},
	{"open", "", "", nil},
	{"status", "", "", status(pinTries, pukTries, false)},
	{"pin wrong", "", "", triesLeft(pinTries - 1)},
	{"status after wrong pin", "", "", status(pinTries-1, pukTries, false)},
	{"pin", "", "", nil},
	{"status after pin", "", "", status(pinTries, pukTries, false)},
	{"mnemonic", "", "", (*judge).mnemonic},
	{"generate", "", "", (*judge).generated},
	{"sign generated", "", "", (*judge).signedByGenerated},
	{"remove", "", "", nil},
	{"status without key", "", "", status(pinTries, pukTries, false)},
	{"load pair", "", "", (*judge).seedUID},
	{"load extended", "", "", (*judge).seedUID},
	{"sign extended", "2.3", "", signed(pathOther)},
	{"load seed", "", "", (*judge).seedUID},
	{"derive", "", "", nil},
	{"path", "", "", path(pathFirst)},
	{"sign current", "", "", signed(pathFirst)},
	{"sign path", "2.3", "", signed(pathOther)},
	{"path after sign path", "2.3", "", path(pathFirst)},
	{"sign make current", "2.3", "", signed(pathOther)},
	{"path after make current", "2.3", "", path(pathOther)},
	{"derive again", "", "", nil},
	{"derive parent", "", "", nil},
	{"path of parent's child", "", "", path("m/44'/60'/0'/0/5")},
	{"derive current", "", "", nil},
	{"path of current's child", "", "", path("m/44'/60'/0'/0/5/1")},
	{"sign relative", "", "", signed("m/44'/60'/0'/0/5/1")},
	{"export public", "", "", exportedPublic(pathOther)},
	{"export private", "", "", exportedPrivate(pathEIP1581)},
	{"export refused", "", "", refused},
	{"export xpub", "3.1", "", exportedExtended(pathFirst)},
	{"pinless", "", "", nil},
	{"sign pinless", "", "", signed(pathPinless)},
	{"pinless clear", "", "", nil},
	{"ndef", "", "", nil},
	{"ndef read", "", "", data(ndefFile())},
	{"store data", "2.3", "", nil},
	{"get data", "2.3", "", data(mustHex(dataHex))},
	{"change pin", "", "", nil},
	{"pin changed", "", "", nil},
	{"change puk", "", "", nil},
	{"change password", "", "", nil},
	{"pair again", "", "", nil},
	{"select paired twice", "", "", slotsTaken(2)},
	{"block", "", "", tries(2, 1, 0)},
	{"status blocked", "", "", status(0, pukTries, true)},
	{"unblock wrong", "", "", refused},
	{"status after wrong puk", "", "", status(0, pukTries-1, true)},
	{"unblock", "", "", nil},
	{"status unblocked", "", "", status(pinTries, pukTries, true)},
	{"unpair", "", "", nil},
	{"select unpaired", "", "", slotsTaken(1)},
	{"remove for good", "", "", nil},
	{"select without key", "", "", (*judge).noKey},
	{"identify", "3.1", "", (*judge).identified},
	{"factory reset", "3.1", "", nil},
	{"select reset", "3.1", "", initialized(false)},
	{"init limits", "3.1", "", nil},
	{"status limits", "3.1", "", status(limitPINTries, limitPUKTries, false)},
	{"load for duress", "3.1", "", (*judge).seedUID},
	{"duress", "3.1", "", nil},
	{"sign under duress", "3.1", "", (*judge).signedUnderDuress},
}

// gaps names the steps a client cannot do, with the reason. A step that is in here and succeeded all the same is an
// error, so that the list stays true.
type gaps map[string]string

// on adds steps that share one reason.
func (g gaps) on(reason string, steps ...string) gaps {
	for _, s := range steps {
		g[s] = reason
	}
	return g
}

// judge holds what is known about the card while its steps are gone through.
type judge struct {
	testing.TB
	profile   string
	keys      *keys
	authority []byte // who signed the card's certificate, compressed public key
	steps     map[string]Step
	slots     int // free ones when the card was new
}

// hear checks all steps a client reported.
func (j *judge) hear(steps []Step, lacks gaps) {
	j.Helper()
	j.index(steps)
	for _, e := range scenario {
		if j.profile < e.since || e.until != "" && j.profile > e.until {
			continue
		}
		s, done := j.steps[e.name]
		reason, lacking := lacks[e.name]
		switch {
		case lacking && done && s.Error == "":
			j.Errorf("step %q was done, though the client is said to lack it: %s", e.name, reason)
		case lacking:
			j.Logf("step %q is beyond this client: %s", e.name, reason)
		case !done:
			j.Errorf("step %q was not done", e.name)
		case e.check == nil && s.Error != "":
			j.Errorf("step %q: the client complains: %s", e.name, s.Error)
		case e.check != nil:
			e.check(j, s)
		}
	}
}

func (j *judge) index(steps []Step) {
	j.Helper()
	j.steps = map[string]Step{}
	for _, s := range steps {
		if _, twice := j.steps[s.Name]; twice {
			j.Errorf("step %q was reported twice", s.Name)
		}
		if !slices.ContainsFunc(scenario, func(e expectation) bool { return e.name == s.Name }) {
			j.Errorf("step %q is not part of the scenario", s.Name)
		}
		if s.Note != "" {
			j.Logf("step %q: %s", s.Name, s.Note)
		}
		j.steps[s.Name] = s
	}
}

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
