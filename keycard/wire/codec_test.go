package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

// reencode parses an answer and encodes it again: nil, nil when the answer has no form to check.
func reencode(v wire.Version, c iso7816.Command, data []byte) ([]byte, error) {
	switch c.INS {
	case iso7816.InsSelect:
		info, err := wire.ParseApplicationInfo(data)
		return encodeIf(err, info.Encode)
	case wire.InsPair:
		if c.P1 == wire.PairFirst {
			a, err := wire.ParsePairFirst(data)
			return encodeIf(err, a.Encode)
		}
		a, err := wire.ParsePairFinal(data)
		return encodeIf(err, a.Encode)
	case wire.InsOpen:
		a, err := wire.ParseOpen(data)
		return encodeIf(err, a.Encode)
	case wire.InsMutual:
		a, err := wire.ParseMutual(data)
		return a[:], err
	case wire.InsGetStatus:
		if c.P1 == wire.StatusPath {
			path, err := wire.ParsePath(data)
			return wire.AppendPath(nil, path), err
		}
		s, err := wire.ParseApplicationStatus(data)
		return encodeIf(err, func() []byte { return s.Encode(v) })
	case wire.InsLoadKey:
		uid, err := wire.ParseKeyUID(data)
		return uid[:], err
	case wire.InsExport:
		k, err := wire.ParseKeyTemplate(data)
		return encodeIf(err, k.Encode)
	case wire.InsGenerateMnemonic:
		indexes, err := wire.ParseMnemonic(data)
		return wire.EncodeMnemonic(indexes), err
	case wire.InsSign:
		s, err := wire.ParseSignature(data)
		return encodeIf(err, func() []byte { return s.Encode(false) })
	}
	return nil, nil
}

func encodeIf(err error, encode func() []byte) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return encode(), nil
}

func TestRecordedAnswersSurviveParsingAndEncoding(t *testing.T) {
	n := 0
	for v, steps := range recorded(t) {
		for _, s := range steps {
			c, r := s.inner(t)
			if r.SW != iso7816.OK || len(r.Data) == 0 {
				continue
			}
			got, err := reencode(v, c, r.Data)
			if err != nil {
				t.Errorf("%v %s: %v", v, s.Note, err)
			}
			if got != nil {
				n++
			}
			if got != nil && !bytes.Equal(got, r.Data) {
				t.Errorf("%v %s:\n got %X\nwant %X", v, s.Note, got, r.Data)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d answers", n)
	}
}

// inner is the exchange without the secure channel.
func (s step) inner(t testing.TB) (iso7816.Command, iso7816.Response) {
	if s.wrapped() {
		return s.plainCommand(t), s.plain(t)
	}
	return s.command(t), s.response(t)
}

// An answer cut short is an error of the right kind, unless what is left is a whole answer of its own (a shorter path
// or mnemonic).
func TestRecordedAnswersTruncatedAtEveryLengthAreRefused(t *testing.T) {
	for v, steps := range recorded(t) {
		for _, s := range steps {
			c, r := s.inner(t)
			if r.SW != iso7816.OK {
				continue
			}
			for n := range r.Data {
				got, err := reencode(v, c, r.Data[:n])
				switch {
				case err != nil && !errors.Is(err, wire.ErrFormat) && !errors.Is(err, wire.ErrPoint):
					t.Fatalf("%v %s, %d bytes: error of another kind, %v", v, s.Note, n, err)
				case err == nil && got != nil && !bytes.Equal(got, r.Data[:n]):
					t.Fatalf("%v %s, %d bytes: accepted as %X", v, s.Note, n, got)
				}
			}
		}
	}
}

// Any single flipped bit either is refused or comes out as different bytes: nothing panics, nothing is normalised away
// but the lengths that are known to lie.
func TestRecordedAnswersWithAnyBitFlippedDoNoHarm(t *testing.T) {
	for v, steps := range recorded(t) {
		for _, s := range steps {
			c, r := s.inner(t)
			for bit := range 8 * len(r.Data) {
				bad := bytes.Clone(r.Data)
				bad[bit/8] ^= 1 << (bit % 8)
				wire.Describe(c, iso7816.Response{Data: bad, SW: r.SW})
				if _, err := reencode(v, c, bad); err != nil && !errors.Is(err, wire.ErrFormat) &&
					!errors.Is(err, wire.ErrPoint) {
					t.Fatalf("%v %s, bit %d: %v", v, s.Note, bit, err)
				}
			}
		}
	}
}

// fixedBuilders are the recorded steps whose commands do not depend on anything random.
func fixedBuilders(t testing.TB) map[string]iso7816.Command {
	ethPath := []uint32{0x8000002C, 0x8000003C, 0x80000000, 0, 0}
	login := []uint32{0x8000002B, 0x8000003C, 0x8000062D, 0, 0}
	return map[string]iso7816.Command{
		"SELECT":                          wire.SelectCommand(wire.KeycardAID(1)),
		"GET STATUS 0":                    wire.StatusCommand(),
		"GET STATUS 1":                    wire.PathStatusCommand(),
		"VERIFY PIN wrong":                wire.VerifyPINCommand(pin(t, "111111")),
		"VERIFY PIN":                      wire.VerifyPINCommand(pin(t, "000000")),
		"LOAD KEY seed 000102..3f":        wire.LoadSeedCommand(secret.Copy(counting(64))),
		"DERIVE KEY m/44'/60'/0'/0/0":     wire.DeriveCommand(wire.FromMaster, ethPath),
		"EXPORT pub current":              wire.ExportCurrentCommand(wire.ExportPublic),
		"EXPORT priv m/43'/60'/1581'/0/0": wire.ExportCommand(wire.FromMaster, login, wire.ExportPrivate, false),
		"EXPORT priv denied":              wire.ExportCommand(wire.FromMaster, ethPath, wire.ExportPrivate, false),
		"EXPORT xpub m/44'/60'/0'":        wire.ExportCommand(wire.FromMaster, ethPath[:3], wire.ExportExtended, false),
		"SET PINLESS PATH":                wire.SetPinlessCommand(ethPath),
		"GENERATE MNEMONIC 4":             wire.GenerateMnemonicCommand(4),
		"DUPLICATE KEY EXPORT":            wire.DuplicateExportCommand(),
		"REMOVE KEY":                      wire.RemoveKeyCommand(),
		"UNPAIR":                          wire.UnpairCommand(0),
		"STORE DATA public":               wire.StoreDataCommand(wire.DataPublic, []byte("hello")),
		"GET DATA public":                 wire.GetDataCommand(wire.DataPublic),
	}
}

// dataBuilders are the recorded steps whose commands carry recorded data.
func dataBuilders() map[string]func(data []byte) iso7816.Command {
	other := []uint32{0x8000002C, 0x8000003C, 0x80000000, 0, 1}
	hash := func(data []byte) [32]byte { return [32]byte(data[:32]) }
	return map[string]func([]byte) iso7816.Command{
		"SIGN current":             func(b []byte) iso7816.Command { return wire.SignCommand(hash(b)) },
		"SIGN pinless w/o channel": func(b []byte) iso7816.Command { return wire.SignPinlessCommand(hash(b)) },
		"SIGN derive m/44'/60'/0'/0/1": func(b []byte) iso7816.Command {
			return wire.SignPathCommand(hash(b), wire.FromMaster, other, false)
		},
		"DUPLICATE KEY START 2": func(b []byte) iso7816.Command {
			return wire.DuplicateStartCommand(2, secret.Copy(b))
		},
		"INIT":                                 wire.InitCommand,
		"DUPLICATE KEY ADD ENTROPY (one-shot)": wire.DuplicateEntropyCommand,
		"PAIR step 1":                          func(b []byte) iso7816.Command { return wire.PairFirstCommand(hash(b)) },
		"PAIR step 2": func(b []byte) iso7816.Command {
			return wire.PairFinalCommand(hash(b), wire.PairAny)
		},
		"OPEN SECURE CHANNEL":   func(b []byte) iso7816.Command { return wire.OpenCommand(0, [65]byte(b)) },
		"MUTUALLY AUTHENTICATE": func(b []byte) iso7816.Command { return wire.MutualCommand(hash(b)) },
	}
}

// The recorded client sent no Le, which is not compared.
func TestBuildersMakeTheRecordedCommands(t *testing.T) {
	fixed, fromData, seen := fixedBuilders(t), dataBuilders(), map[string]bool{}
	for v, steps := range recorded(t) {
		for _, s := range steps {
			want, _ := s.inner(t)
			got, ok := fixed[s.Note]
			if build := fromData[s.Note]; build != nil {
				got, ok = build(want.Data), true
			}
			if !ok {
				t.Errorf("%v %s: no builder", v, s.Note)
				continue
			}
			seen[s.Note] = true
			got.Ne = want.Ne
			if gotRaw, wantRaw := must(got.Bytes()), must(want.Bytes()); !bytes.Equal(gotRaw, wantRaw) {
				t.Errorf("%v %s:\n got %X\nwant %X", v, s.Note, gotRaw, wantRaw)
			}
		}
	}
	if len(seen) != len(fixed)+len(fromData) {
		t.Errorf("%d of %d builders met", len(seen), len(fixed)+len(fromData))
	}
}

func pin(t testing.TB, digits string) secret.PIN {
	p, err := secret.NewPIN([]byte(digits), len(digits))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// counting is 00 01 02 ... n-1.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestRecordedPairingsAgree(t *testing.T) {
	for v, steps := range recorded(t) {
		token := steps[1].key(t, "pairing_token")
		first, err := wire.ParsePairFirst(steps[3].response(t).Data)
		if err != nil {
			t.Fatal(err)
		}
		if first.Cryptogram != wire.PairingCryptogram(token, steps[3].command(t).Data) {
			t.Errorf("%v: card's cryptogram", v)
		}
		proof, err := wire.ParsePairCommand(steps[4].command(t))
		if err != nil || proof != wire.PairingCryptogram(token, first.Challenge[:]) {
			t.Errorf("%v: client's cryptogram, %v", v, err)
		}
		final, err := wire.ParsePairFinal(steps[4].response(t).Data)
		if err != nil || final.Slot != 0 {
			t.Errorf("%v: slot %d, %v", v, final.Slot, err)
		}
		if !bytes.Equal(reveal(wire.PairingKey(token, final.Salt[:])), steps[4].key(t, "pairing_key")) {
			t.Errorf("%v: pairing key", v)
		}
	}
}

func TestRecordedInitPayloadIsWhatTheHostEncodes(t *testing.T) {
	for v, steps := range recorded(t) {
		raw := unhex(t, steps[1].PlainCmd)
		p, err := wire.ParseInitPayload(raw, v)
		if err != nil {
			t.Fatal(err)
		}
		if string(reveal(p.PIN.Bytes)) != "000000" || string(reveal(p.PUK.Bytes)) != "123456789012" {
			t.Errorf("%v: PIN or PUK", v)
		}
		again, err := p.Encode()
		if err != nil || !bytes.Equal(reveal(again), raw) {
			t.Errorf("%v: encodes to %X, %v", v, reveal(again), err)
		}
	}
}
