package keycard_test

import (
	"bytes"
	"sync"
	"testing"

	"tapcard.example/internal/matrix"
	"tapcard.example/internal/testreader"
	"tapcard.example/iso7816"
	"tapcard.example/keycard"
	"tapcard.example/keycard/applet"
	"tapcard.example/keycard/wire"
)

func TestEveryCommandDoesItsWorkInEveryVersionThatHasIt(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		newTour(t, profile).shows(t, profile)
	})
}

func TestEveryCommandDoesItsWorkThroughARealReader(t *testing.T) {
	each(t, func(t *testing.T, profile string) {
		k := newTour(t, profile)
		k.connect(testreader.Insert(t, k.soft))
		k.shows(t, profile+" in a reader")
	})
}

// tour takes a card through all that it can do.
type tour struct {
	*kit
	profile applet.Profile
	done    sync.Map // the commands, by INS, that the card has answered with 9000
}

func newTour(t *testing.T, profile string) *tour {
	p, err := applet.ProfileByName(profile)
	must(t, err)
	k := &tour{profile: p}
	k.kit = newKit(t, profile, func(o *applet.Options) {
		o.Identity = certify(authority(0x42))
		o.Observe = func(c iso7816.Command, r iso7816.Response, _ bool) {
			if r.SW == iso7816.OK {
				k.done.Store(c.INS, true)
			}
		}
	})
	return k
}

// shows goes on the tour and marks a column of the matrix, in a subtest for each command that the version has.
func (k *tour) shows(t *testing.T, column string) {
	k.inited()
	k.codes()
	k.keys()
	k.signatures()
	k.contents()
	if k.profile.Version <= wire.V2_3 {
		k.duplication()
	}
	if k.profile.Version >= wire.V3_1 {
		k.proofAndReset()
	}
	for _, spec := range append(wire.Commands(), wire.Spec{Name: "SELECT", INS: iso7816.InsSelect}) {
		if spec.Known(k.profile.Version) {
			t.Run(spec.Name, func(t *testing.T) {
				matrix.Shows(t, "Keycard", spec.Name, column)
				if _, ok := k.done.Load(spec.INS); !ok {
					t.Error("the tour did not see it succeed")
				}
			})
		}
	}
}

// codes pairs, changes the PIN, blocks it and sets it again by the PUK, and unpairs another client.
func (k *tour) codes() {
	c := k.tap()
	_, err := k.store.Pair(k.ctx, c, theSecret())
	must(k, err)
	other, err := c.Pair(k.ctx, theSecret())
	must(k, err)
	k.opts.SpendLastTry = true // to block it
	s := k.open()
	k.opts.SpendLastTry = false
	must(k, s.ChangePIN(k.ctx, pin("161803")))
	must(k, s.Unpair(k.ctx, other.Slot))
	for range 3 {
		if err := s.VerifyPIN(k.ctx, pin(wrongPIN)); err == nil {
			k.Fatal("a wrong PIN is accepted")
		}
	}
	must(k, s.Unblock(k.ctx, pin(thePUK), pin(thePIN)))
	status, err := s.Status(k.ctx)
	must(k, err)
	if status.PINTries != 3 || status.PUKTries != 5 || status.HasKey {
		k.Errorf("%+v", status)
	}
}

// keys makes keys in all ways and ends with that of theSeed.
func (k *tour) keys() {
	s := k.open()
	_, err := s.GenerateMnemonic(k.ctx, 12)
	must(k, err)
	_, err = s.GenerateKey(k.ctx)
	must(k, err)
	must(k, s.RemoveKey(k.ctx))
	_, err = s.LoadSeed(k.ctx, theSeed())
	must(k, err)
	must(k, s.Derive(k.ctx, wire.FromMaster, path(k, "m/1/2")))
	public, err := s.ExportPublic(k.ctx, keycard.Current())
	must(k, err)
	if public != keyAt(k, "m/1/2").PublicKey() {
		k.Error("another key is exported")
	}
}

func (k *tour) signatures() {
	s := k.open()
	_, err := s.SignAs(k.ctx, theDigest, keycard.At(path(k, "m/3'/4")), keyAt(k, "m/3'/4").PublicKey())
	must(k, err)
	must(k, s.SetPinlessPath(k.ctx, path(k, "m/5")))
	if k.profile.Version < wire.V2_2 {
		return
	}
	signature, err := k.tap().SignPinless(k.ctx, theDigest)
	must(k, err)
	if signature.PublicKey != keyAt(k, "m/5").PublicKey() {
		k.Error("another key signs without PIN")
	}
}

// contents writes what the card keeps for others to read, and reads it.
func (k *tour) contents() {
	s := k.open()
	message := []byte{0xD1, 1, 1, 0x54, 0}
	must(k, s.SetNDEF(k.ctx, message))
	if k.profile.Version >= wire.V2_3 {
		must(k, s.StoreData(k.ctx, keycard.DataPublic, message))
		data, err := k.tap().GetData(k.ctx, keycard.DataPublic)
		must(k, err)
		if !bytes.Equal(data, message) {
			k.Errorf("the data is %x", data)
		}
	}
	ndef, err := k.tap().NDEF(k.ctx)
	must(k, err)
	if !bytes.Equal(ndef, message) {
		k.Errorf("the NDEF message is %x", ndef)
	}
}

// duplication exports the key and imports it again.
func (k *tour) duplication() {
	s := k.open()
	must(k, s.DuplicateStart(k.ctx, 1, token(1)))
	blob, err := s.DuplicateExport(k.ctx)
	must(k, err)
	must(k, s.DuplicateStart(k.ctx, 2, token(2)))
	must(k, k.tap().DuplicateAddEntropy(k.ctx, token(3)))
	s = k.open()
	must(k, s.DuplicateStart(k.ctx, 1, token(1)))
	uid, err := s.DuplicateImport(k.ctx, blob)
	must(k, err)
	if uid != wire.KeyUID(keyAt(k, "m").PublicKey()) {
		k.Error("another key was imported")
	}
}

func (k *tour) proofAndReset() {
	c := k.tap()
	verdict, err := c.Identify(k.ctx, func([]byte) (string, bool) { return "the maker", true })
	must(k, err)
	if verdict.Authenticity != keycard.Genuine {
		k.Error(verdict)
	}
	must(k, c.FactoryReset(k.ctx))
	if c.Info().Initialized {
		k.Error("still initialised")
	}
}

// open is a new tap with the PIN verified.
func (k *tour) open() *keycard.Session {
	s := k.again()
	must(k, s.VerifyPIN(k.ctx, pin(thePIN)))
	return s
}
