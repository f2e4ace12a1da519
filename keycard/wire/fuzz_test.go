package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/keycard/wire"
)

// addRecorded seeds a fuzz target with the recorded plaintext answers to one command, or with the data sent to it.
func addRecorded(f *testing.F, ins byte, sent bool) {
	for _, steps := range recorded(f) {
		for _, s := range steps {
			c, r := s.inner(f)
			switch {
			case c.INS == ins && sent:
				f.Add(c.Data)
			case c.INS == ins:
				f.Add(r.Data)
			}
		}
	}
	f.Add([]byte{})
}

// checkError fails on an error that callers could not tell the kind of.
func checkError(t *testing.T, err error) {
	t.Helper()
	for _, kind := range []error{wire.ErrFormat, wire.ErrPoint, wire.ErrSignature, wire.ErrPadding, wire.ErrMAC} {
		if err == nil || errors.Is(err, kind) {
			return
		}
	}
	t.Fatalf("error of an unknown kind: %v", err)
}

func FuzzParseApplicationInfo(f *testing.F) {
	addRecorded(f, iso7816.InsSelect, false)
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := wire.ParseApplicationInfo(b)
		checkError(t, err)
		if err != nil || !info.Initialized || info.FreeSlots < 0 {
			return
		}
		again, err := wire.ParseApplicationInfo(info.Encode())
		if err != nil || !bytes.Equal(again.Encode(), info.Encode()) {
			t.Fatalf("%+v encodes to something else: %v", info, err)
		}
	})
}

func FuzzParseApplicationStatus(f *testing.F) {
	addRecorded(f, wire.InsGetStatus, false)
	f.Fuzz(func(t *testing.T, b []byte) {
		status, err := wire.ParseApplicationStatus(b)
		checkError(t, err)
		if err != nil {
			return
		}
		if again, err := wire.ParseApplicationStatus(status.Encode(wire.V2_0)); err != nil || again != status {
			t.Fatalf("%+v became %+v, %v", status, again, err)
		}
	})
}

func FuzzParseSignature(f *testing.F) {
	addRecorded(f, wire.InsSign, false)
	f.Fuzz(func(t *testing.T, b []byte) {
		sig, err := wire.ParseSignature(b)
		checkError(t, err)
		if err != nil {
			return
		}
		for _, padded := range []bool{false, true} {
			if sig.S[0] >= 0x80 && padded {
				continue // an applet only pads a low S
			}
			if again, err := wire.ParseSignature(sig.Encode(padded)); err != nil || again != sig {
				t.Fatalf("%+v became %+v, %v", sig, again, err)
			}
		}
		_, _, err = wire.Recover([32]byte{1}, sig.R, sig.S, sig.PublicKey[:])
		checkError(t, err)
	})
}

func FuzzParseKeyTemplate(f *testing.F) {
	addRecorded(f, wire.InsExport, false)
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := wire.ParseKeyTemplate(b)
		checkError(t, err)
		if err != nil {
			return
		}
		again, err := wire.ParseKeyTemplate(k.Encode())
		if err != nil || !bytes.Equal(again.Public, k.Public) || !again.Private.Equal(k.Private) {
			t.Fatalf("came back otherwise: %v", err)
		}
	})
}

func FuzzParseInitPayload(f *testing.F) {
	f.Add(reveal(must(initPayload(f).Encode())), true)
	f.Add(append(reveal(must(initPayload(f).Encode())), 3, 5), true)
	f.Fuzz(func(t *testing.T, b []byte, new bool) {
		v := wire.V2_0
		if new {
			v = wire.V3_1
		}
		p, err := wire.ParseInitPayload(b, v)
		checkError(t, err)
		if err != nil {
			return
		}
		if again, err := p.Encode(); err != nil || !bytes.Equal(reveal(again), b) {
			t.Fatalf("became %X, %v", reveal(again), err)
		}
	})
}

func FuzzParseOneShot(f *testing.F) {
	addRecorded(f, wire.InsInit, true)
	f.Fuzz(func(t *testing.T, b []byte) {
		pub, iv, ciphertext, err := wire.ParseOneShot(b)
		checkError(t, err)
		if err != nil {
			return
		}
		key := make([]byte, 32)
		plain, err := wire.OpenOneShot(key, iv, ciphertext)
		checkError(t, err)
		if err == nil && !bytes.Equal(wire.SealOneShot([65]byte(pub), key, iv, plain), b) {
			t.Fatal("sealed again to something else")
		}
		_, err = wire.ParsePublicKey(pub)
		checkError(t, err)
	})
}

func FuzzParseIdent(f *testing.F) {
	challenge := [32]byte{1}
	f.Add(identAnswer(testKey(2), testKey(3), challenge).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := wire.VerifyIdent(challenge, b)
		checkError(t, err)
	})
}

func FuzzParseDuplicate(f *testing.F) {
	f.Add(wire.SealDuplicate([32]byte{}, [16]byte{2}, wire.KeyTemplate{}.Encode()))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := wire.OpenDuplicate([32]byte{}, b)
		checkError(t, err)
		_, _, err = wire.KeyElements(plain)
		checkError(t, err)
	})
}

// FuzzParseShortAnswers feeds the parsers of fixed and simple forms.
func FuzzParseShortAnswers(f *testing.F) {
	for _, steps := range recorded(f) {
		for _, s := range steps {
			c, r := s.inner(f)
			f.Add(c.Data)
			f.Add(r.Data)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, err := range []error{
			second(wire.ParsePairFirst(b)), second(wire.ParsePairFinal(b)), second(wire.ParseOpen(b)),
			second(wire.ParseMutual(b)), second(wire.ParseKeyUID(b)), second(wire.ParsePath(b)),
			second(wire.ParseMnemonic(b)), second(wire.ParseNDEFFile(b)), second(wire.ParsePIN(b)),
			second(wire.ParsePUK(b)), second(wire.ParseToken(b)), second(wire.ParseEntropy(b)),
			second(wire.ParseCertificate(b)), second(wire.ParsePublicKey(b)), wire.CheckDuplicate(b),
			second(wire.ParseOpenCommand(iso7816.Command{Data: b})),
			second(wire.ParsePairCommand(iso7816.Command{Data: b})),
		} {
			checkError(t, err)
		}
		_, _, err := wire.ParseUnblockPIN(b)
		checkError(t, err)
		_, _, err = wire.ParseSignCommand(iso7816.Command{Data: b})
		checkError(t, err)
	})
}

// FuzzParseWrapped opens arbitrary messages on both sides, and carries arbitrary ones through.
func FuzzParseWrapped(f *testing.F) {
	for _, steps := range recorded(f) {
		for _, s := range steps {
			f.Add(s.command(f).INS, s.command(f).Data)
		}
	}
	f.Fuzz(func(t *testing.T, ins byte, b []byte) {
		host, card := pairOfChannels()
		if _, err := card.UnwrapCommand(iso7816.Command{INS: ins, Data: b}); !errors.Is(err, wire.ErrMAC) {
			t.Fatalf("card: %v", err)
		}
		if _, err := host.UnwrapResponse(iso7816.Response{Data: b, SW: iso7816.OK}); !errors.Is(err, wire.ErrMAC) {
			t.Fatalf("host: %v", err)
		}
		host, card = pairOfChannels()
		r := iso7816.Response{Data: b[:min(len(b), wire.MaxWrappedResponse)], SW: iso7816.Status(ins) << 8}
		got := exchange(t, host, card, iso7816.Command{INS: ins, Data: r.Data}, r)
		if !bytes.Equal(got.Bytes(), r.Bytes()) {
			t.Fatalf("%X came back as %X", r.Bytes(), got.Bytes())
		}
	})
}

func FuzzDescribe(f *testing.F) {
	for _, steps := range recorded(f) {
		for _, s := range steps {
			c, r := s.inner(f)
			f.Add(c.INS, c.P1, c.P2, c.Data, r.Data, uint16(r.SW))
		}
	}
	f.Fuzz(func(t *testing.T, ins, p1, p2 byte, data, answer []byte, sw uint16) {
		c := iso7816.Command{CLA: 0x80, INS: ins, P1: p1, P2: p2, Data: data}
		if fields := wire.Describe(c, iso7816.Response{Data: answer, SW: iso7816.Status(sw)}); len(fields) < 2 {
			t.Fatalf("%v: %v", c, fields)
		}
		wire.RetrySafe(c)
	})
}
