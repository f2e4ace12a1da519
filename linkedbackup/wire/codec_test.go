package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/linkedbackup/wire"
	"tapcard.example/secret"
)

// parsers are all functions that read bytes from the other side. Each parses and, when it can, encodes again.
var parsers = map[string]func([]byte) ([]byte, error){
	"Info":        func(b []byte) ([]byte, error) { v, err := wire.ParseInfo(b); return v.Encode(), err },
	"Offer":       func(b []byte) ([]byte, error) { v, err := wire.ParseOffer(b); return v.Encode(), err },
	"Join":        func(b []byte) ([]byte, error) { v, err := wire.ParseJoin(b); return v.Encode(), err },
	"Bundle":      func(b []byte) ([]byte, error) { v, err := wire.ParseBundle(b); return v.Encode(), err },
	"Attestation": func(b []byte) ([]byte, error) { v, err := wire.ParseAttestation(b); return v.Encode(), err },
	"Derived":     func(b []byte) ([]byte, error) { v, err := wire.ParseDerived(b); return v.Encode(), err },
	"Signed": func(b []byte) ([]byte, error) {
		v, err := wire.ParseSigned(b, (len(b)-33)/65)
		return v.Encode(), err
	},
	"Code": func(b []byte) ([]byte, error) {
		code, err := wire.ParseCode(b)
		return wire.VerifyCommand(code).Data, err
	},
	"Change": func(b []byte) ([]byte, error) {
		old, next, err := wire.ParseChange(b)
		return wire.ChangeCommand(old, next).Data, err
	},
	"Activate": func(b []byte) ([]byte, error) {
		mode, code, seed, err := wire.ParseActivate(b)
		return wire.ActivateCommand(mode, code, seed).Data, err
	},
	"Personalize": func(b []byte) ([]byte, error) {
		id, err := wire.ParsePersonalize(b, wire.Key{})
		return wire.PersonalizeCommand(id).Data, err
	},
	"Nonce": func(b []byte) ([]byte, error) {
		n, err := wire.ParseNonce(b)
		return wire.AttestCommand(n).Data, err
	},
	"Derive": func(b []byte) ([]byte, error) {
		n, path, err := wire.ParseDerive(b)
		return wire.DeriveCommand(n, path).Data, err
	},
	"Sign": func(b []byte) ([]byte, error) {
		path, hashes, err := wire.ParseSign(iso7816.Command{P1: 1, Data: b})
		return wire.SignCommand(path, hashes).Data, err
	},
	"Wait": func(b []byte) ([]byte, error) {
		d, err := wire.ParseWait(b)
		return wire.AppendWait(nil, d), err
	},
	"Joins": func(b []byte) ([]byte, error) {
		joins, err := wire.ParseJoins(b, len(b)/wire.JoinSize)
		return wire.CommitCommand(joins).Data, err
	},
	"Offers": func(b []byte) ([]byte, error) {
		offers, err := wire.ParseOffers(b, len(b)/wire.OfferSize)
		var all []byte
		for _, o := range offers {
			all = append(all, o.Encode()...)
		}
		return all, err
	},
	"Bundles": func(b []byte) ([]byte, error) {
		for size := wire.MinSize; size <= wire.MaxSize; size++ {
			bundles, err := wire.ParseBundles(b, size)
			if err == nil {
				return join(bundles), nil
			}
		}
		return nil, wire.ErrLength
	},
}

func join(bundles []wire.Bundle) (all []byte) {
	for _, b := range bundles {
		all = append(all, b.Encode()...)
	}
	return all
}

// samples are good inputs of the parsers.
func samples(t testing.TB) map[string][]byte {
	f := newFixture(t)
	o, j, b := f.offers(), f.joins(), f.bundles(t)
	code := secret.Copy([]byte(f.code))
	info := wire.Info{Identity: f.identity(f.a), State: wire.Backup, Size: 3, Slot: 2, Origin: wire.Imported, Wait: 7e9}
	att := wire.Attestation{State: wire.Source, Flags: 1, Size: 3, Origin: wire.Generated, Wallet: f.wallet.Public,
		Set: b[0].Set}
	att.Sign(f.source, nonceBytes)
	d := wire.Derived{Key: f.wallet.Public}
	d.Prove(f.wallet, f.source.Public, nonceBytes, []uint32{1, 2})
	signed := wire.Signed{Key: f.wallet.Public, Signatures: []wire.WalletSignature{f.wallet.SignHash(nonceBytes)}}
	return map[string][]byte{
		"Info": info.Encode(), "Offer": o[0].Encode(), "Join": j[0].Encode(), "Bundle": b[0].Encode(),
		"Attestation": att.Encode(), "Derived": d.Encode(), "Signed": signed.Encode(),
		"Code": wire.VerifyCommand(code).Data, "Change": wire.ChangeCommand(code, code).Data,
		"Activate":    wire.ActivateCommand(wire.Imported, code, secret.Copy(bytes.Repeat([]byte{9}, 64))).Data,
		"Personalize": wire.PersonalizeCommand(f.identity(f.a)).Data, "Nonce": nonceBytes[:],
		"Derive": wire.DeriveCommand(nonceBytes, []uint32{1, 2}).Data,
		"Sign":   wire.SignCommand([]uint32{1 << 31}, make([][32]byte, 1)).Data, "Wait": {1, 2},
		"Joins": wire.CommitCommand(j).Data, "Offers": append(o[0].Encode(), o[1].Encode()...), "Bundles": join(b),
	}
}

func TestWhatIsParsedEncodesToTheSameBytes(t *testing.T) {
	all := samples(t)
	for name, parse := range parsers {
		sample := all[name]
		if again, err := parse(sample); err != nil || !bytes.Equal(again, sample) {
			t.Errorf("%s: %x instead of %x, %v", name, again, sample, err)
		}
	}
}

func TestNoOtherLengthParses(t *testing.T) {
	for name, sample := range samples(t) {
		for _, b := range [][]byte{nil, sample[:1], sample[:len(sample)-1], append(bytes.Clone(sample), 0)} {
			if _, err := parsers[name](b); err == nil {
				t.Errorf("%s parses %d bytes instead of %d", name, len(b), len(sample))
			}
		}
	}
}

func TestNoOtherVersionParses(t *testing.T) {
	for _, name := range []string{"Info", "Offer", "Join", "Bundle", "Attestation", "Personalize"} {
		b := samples(t)[name]
		b[0]++
		if _, err := parsers[name](b); !errors.Is(err, wire.ErrVersion) {
			t.Errorf("%s of version 2: %v", name, err)
		}
	}
}

func TestAnAttestationIsPlausibleOrNone(t *testing.T) {
	good := samples(t)["Attestation"]
	for name, change := range map[string]func(b []byte){
		"an unknown state":           func(b []byte) { b[1] = 7 },
		"a linked card of size 1":    func(b []byte) { b[1] = byte(wire.Active) },
		"a source with a slot":       func(b []byte) { b[4] = 1 },
		"a backup card without slot": func(b []byte) { b[1] = byte(wire.Backup) },
		"a slot out of the set":      func(b []byte) { b[1], b[4] = byte(wire.Backup), 3 },
		"no origin":                  func(b []byte) { b[5] = 0 },
		"an unknown origin":          func(b []byte) { b[5] = 3 },
		"a member twice":             func(b []byte) { copy(b[39+33:], b[39:39+33]) },
		"an unsorted set":            func(b []byte) { b[39], b[39+1] = 0xFF, 0xFF },
	} {
		b := bytes.Clone(good)
		change(b)
		if _, err := wire.ParseAttestation(b); err == nil {
			t.Errorf("%s parses", name)
		}
	}
}

func FuzzParsers(f *testing.F) {
	for _, sample := range samples(f) {
		f.Add(sample)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, parse := range parsers {
			if again, err := parse(bytes.Clone(b)); err == nil && !bytes.Equal(again, b) {
				t.Errorf("%s: %x is read and written as %x", name, b, again)
			}
		}
		for _, spec := range wire.Commands() {
			c := iso7816.Command{CLA: wire.ClassBare, INS: spec.INS, Data: b}
			wire.Describe(c, iso7816.Response{Data: b, SW: iso7816.OK})
		}
	})
}

func TestRefusalsAreKnownByTheirStatusWords(t *testing.T) {
	seen := map[iso7816.Status]bool{}
	for sw := iso7816.Status(0x6000); sw < 0x9001; sw++ {
		r := wire.FromStatus(sw)
		if r == nil {
			continue
		}
		seen[sw] = true
		if wire.Status(r) != sw || wire.Status(fmt.Errorf("context: %w", r)) != sw || r.Kind == wire.KindUnexpected ||
			r.Error() != strings.TrimSpace(r.Error()) || r.Error() == "" {
			t.Errorf("%v: %+v", sw, r)
		}
	}
	if len(seen) != 33 {
		t.Errorf("%d refusals", len(seen))
	}
	if wire.Status(nil) != iso7816.OK || wire.Status(errors.New("other")) != iso7816.Internal {
		t.Error("the status of no refusal is wrong")
	}
}

func TestTheTableIsOrdered(t *testing.T) {
	last := byte(0)
	for _, s := range wire.Commands() {
		if s.INS <= last || s.Name == "" {
			t.Errorf("%q (%02X) is out of order", s.Name, s.INS)
		}
		last = s.INS
		if got, ok := wire.Lookup(s.INS); !ok || got != s {
			t.Errorf("%02X is looked up as %q", s.INS, got.Name)
		}
	}
	if _, ok := wire.Lookup(0x11); ok {
		t.Error("INS 11 is found")
	}
}

func TestNoMessageIsLongerThanPromised(t *testing.T) {
	for name, sample := range samples(t) {
		if len(sample) > wire.MaxInChannel-2 {
			t.Errorf("%s has %d bytes", name, len(sample))
		}
	}
	most := wire.Signed{Signatures: make([]wire.WalletSignature, wire.MaxHashes)}.Encode()
	if len(most) > wire.MaxInChannel-2 {
		t.Errorf("%d signatures take %d bytes", wire.MaxHashes, len(most))
	}
}
