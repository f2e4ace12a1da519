package interop

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	keycard "github.com/status-im/keycard-go"
	"github.com/status-im/keycard-go/apdu"
	"github.com/status-im/keycard-go/io"
	"github.com/status-im/keycard-go/types"
)

func TestKeycardGoUsesTheCard(t *testing.T) {
	needReader(t)
	for _, card := range kinds {
		t.Run(card.String(), func(t *testing.T) {
			k := newKeys(t)
			c := insert(t, "keycard-go", card)
			client := &goClient{p: newPlan(card.profile, k), seed: mustHex(seedHex), channel: io.NewNormalChannel(connect(t))}
			client.run()
			j := &judge{TB: t, profile: card.profile, keys: k, authority: c.authority}
			j.hear(client.steps, keycardGoLacks(card.profile))
			c.require(t, everyInstruction...)
			c.require(t, newInstructions(card.profile)...)
		})
	}
}

func keycardGoLacks(profile string) gaps {
	g := gaps{}.on("it loads seeds only", "load pair", "load extended", "sign extended").
		on("it cannot make a signing key current", "sign make current", "path after make current").
		on("its INIT has neither limits nor duress PIN",
			"init limits", "status limits", "load for duress", "sign under duress", "duress")
	if profile < "3.1" {
		g.on("it has no SET NDEF, only STORE DATA", "ndef", "ndef read")
	}
	return g
}

// goClient takes the steps with keycard-go v0.3.3.
type goClient struct {
	p       plan
	seed    []byte
	channel *io.NormalChannel
	cs      *keycard.CommandSet
	steps   []Step
}

// add keeps a step and its error.
func (c *goClient) add(s Step, err error) {
	if err != nil {
		s.Error = err.Error()
	}
	c.steps = append(c.steps, s)
}

func (c *goClient) do(name string, err error) { c.add(Step{Name: name}, err) }

// run takes all steps. keycard-go panics where an answer is shorter than it expects, or after a failed PAIR; that ends
// the run as an exception would in the other languages.
func (c *goClient) run() {
	defer func() {
		if p := recover(); p != nil {
			c.do("", fmt.Errorf("keycard-go panicked: %v", p))
		}
	}()
	c.cs = keycard.NewCommandSet(c.channel)
	c.credentials()
	c.keysAndSignatures()
	c.exports()
	c.pinless()
	c.dataAreas()
	c.changes()
	c.blocking()
	c.endings()
}

// credentials goes from the empty card to a verified PIN.
func (c *goClient) credentials() {
	c.selectAs("select empty")
	if c.p.Profile >= "3.1" {
		c.identify("identify empty")
	}
	c.do("init", c.cs.Init(keycard.NewSecrets(c.p.PIN, c.p.PUK, c.p.Password)))
	c.selectAs("select")
	c.do("pair wrong", c.cs.Pair(c.p.WrongPassword))
	c.do("pair", c.cs.Pair(c.p.Password))
	c.do("open", c.cs.OpenSecureChannel())
	c.status("status")
	s := Step{Name: "pin wrong"}
	err := c.cs.VerifyPIN(c.p.WrongPIN)
	s.PIN = remaining(err)
	c.add(s, err)
	c.status("status after wrong pin")
	c.do("pin", c.cs.VerifyPIN(c.p.PIN))
	c.status("status after pin")
}

func (c *goClient) keysAndSignatures() {
	s := Step{Name: "mnemonic"}
	var err error
	s.Indexes, err = c.cs.GenerateMnemonic(4)
	c.add(s, err)
	uid, err := c.cs.GenerateKey()
	c.add(Step{Name: "generate", KeyUID: uid}, err)
	c.sign("sign generated", c.cs.Sign)
	c.do("remove", c.cs.RemoveKey())
	c.status("status without key")
	uid, err = c.cs.LoadSeed(c.seed)
	c.add(Step{Name: "load seed", KeyUID: uid}, err)
	c.do("derive", c.cs.DeriveKey(c.p.PathFirst))
	c.path("path")
	c.sign("sign current", c.cs.Sign)
	if c.p.Profile >= "2.3" {
		c.sign("sign path", func(d []byte) (*types.Signature, error) { return c.cs.SignWithPath(d, c.p.PathOther) })
		c.path("path after sign path")
	}
	c.do("derive again", c.cs.DeriveKey(c.p.PathOther))
	c.do("derive parent", c.cs.DeriveKey("../5"))
	c.path("path of parent's child")
	c.do("derive current", c.cs.DeriveKey("./1"))
	c.path("path of current's child")
	c.sign("sign relative", c.cs.Sign)
}

func (c *goClient) exports() {
	_, public, err := c.cs.ExportKey(true, false, true, c.p.PathOther)
	c.add(Step{Name: "export public", Public: public}, err)
	private, _, err := c.cs.ExportKey(true, false, false, c.p.PathEIP1581)
	c.add(Step{Name: "export private", Private: private}, err)
	_, _, err = c.cs.ExportKey(true, false, false, c.p.PathFirst)
	c.do("export refused", err)
	if c.p.Profile < "3.1" {
		return
	}
	s := Step{Name: "export xpub"}
	key, err := c.cs.ExportKeyExtended(true, false, keycard.P2ExportKeyExtendedPublic, c.p.PathFirst)
	if err == nil {
		s.Public, s.Chain = key.PubKey(), key.ChainCode()
	}
	c.add(s, err)
}

// pinless signs without a PIN: from 2.2 on without a channel either, before with the current key being the pinless one.
func (c *goClient) pinless() {
	c.do("pinless", c.cs.SetPinlessPath(c.p.PathPinless))
	if c.p.Profile >= "2.3" {
		c.must(c.cs.Select())
		c.sign("sign pinless", c.cs.SignPinless)
	} else {
		c.must(c.cs.DeriveKey(c.p.PathPinless))
		c.must(errors.Join(c.cs.Select(), c.cs.OpenSecureChannel()))
		c.sign("sign pinless", c.cs.Sign)
	}
	c.reopen(c.p.PIN)
	c.do("pinless clear", c.cs.SetPinlessPath(""))
}

func (c *goClient) dataAreas() {
	if c.p.Profile >= "3.1" {
		c.do("ndef", c.cs.StoreData(keycard.P1StoreDataNDEF, mustHex(c.p.NDEF)))
		file, err := c.readNDEF()
		c.add(Step{Name: "ndef read", Data: file}, err)
		c.reopen(c.p.PIN)
	}
	if c.p.Profile >= "2.3" {
		c.do("store data", c.cs.StoreData(keycard.P1StoreDataPublic, mustHex(c.p.Data)))
		b, err := c.cs.GetData(keycard.P1StoreDataPublic)
		c.add(Step{Name: "get data", Data: b}, err)
	}
}

// readNDEF reads the NFC Forum Type 4 file that a telephone would, and leaves the NDEF applet selected.
func (c *goClient) readNDEF() (file []byte, err error) {
	for _, command := range []*apdu.Command{
		apdu.NewCommand(0, 0xA4, 4, 0, mustHex("D2760000850101")),
		apdu.NewCommand(0, 0xA4, 0, 0x0C, mustHex("E104")),
		readBinary(len(c.p.NDEF) / 2),
	} {
		r, err := c.channel.Send(command)
		if err != nil {
			return nil, err
		}
		if r.Sw != apdu.SwOK {
			return nil, fmt.Errorf("INS %02X: status word %04X", command.Ins, r.Sw)
		}
		file = r.Data
	}
	return file, nil
}

func readBinary(n int) *apdu.Command {
	c := apdu.NewCommand(0, 0xB0, 0, 0, nil)
	c.SetLe(uint8(n))
	return c
}

// must keeps an error on the way to a step as a step of no name, which the judge refuses.
func (c *goClient) must(err error) {
	if err != nil {
		c.do("", err)
	}
}

// reopen starts a new session: SELECT, a channel, the PIN.
func (c *goClient) reopen(pin string) {
	c.must(errors.Join(c.cs.Select(), c.cs.OpenSecureChannel(), c.cs.VerifyPIN(pin)))
}

// remaining takes the tries left out of keycard-go's errors.
func remaining(err error) *int {
	if wrong := new(keycard.WrongPINError); errors.As(err, &wrong) {
		return &wrong.RemainingAttempts
	}
	return nil
}

// sign has one digest signed. keycard-go cannot read an r or s that begins with a zero byte, which is one signature in
// 250, and says "invalid signature length"; then it may try again, three times in all.
func (c *goClient) sign(name string, sign func([]byte) (*types.Signature, error)) {
	s := Step{Name: name, Digest: digest(name)}
	signature, err := sign(digest(name))
	for n := 2; n <= 3 && err != nil && strings.Contains(err.Error(), "invalid signature length"); n++ {
		s.Note = "keycard-go could not read a short r or s; signed again"
		signature, err = sign(digest(name))
	}
	if err == nil {
		s.R, s.S, s.Public = signature.R(), signature.S(), signature.PubKey()
	}
	c.add(s, err)
}

func (c *goClient) identify(name string) {
	authority, err := c.cs.Identify()
	for n := 2; n <= 3 && err != nil && strings.Contains(err.Error(), "invalid signature"); n++ {
		authority, err = c.cs.Identify()
	}
	c.add(Step{Name: name, Authority: authority}, err)
}

func (c *goClient) selectAs(name string) {
	err := c.cs.Select()
	info := c.cs.ApplicationInfo
	s := Step{Name: name, Initialized: &info.Initialized, KeyUID: info.KeyUID}
	if len(info.Version) == 2 && len(info.AvailableSlots) == 1 {
		slots := int(info.AvailableSlots[0])
		s.Version, s.Slots = fmt.Sprintf("%d.%d", info.Version[0], info.Version[1]), &slots
	}
	c.add(s, err)
}

func (c *goClient) status(name string) {
	st, err := c.cs.GetStatusApplication()
	s := Step{Name: name}
	if err == nil {
		s.PIN, s.PUK, s.Key = &st.PinRetryCount, &st.PUKRetryCount, &st.KeyInitialized
	}
	c.add(s, err)
}

func (c *goClient) path(name string) {
	st, err := c.cs.GetStatusKeyPath()
	s := Step{Name: name}
	if err == nil {
		s.Path = st.Path
	}
	c.add(s, err)
}
