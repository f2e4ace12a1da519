package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func initPayload(t testing.TB) wire.InitPayload {
	return wire.InitPayload{PIN: pin(t, "123456"), PUK: pin(t, "210987654321"), Token: secret.Copy(counting(32))}
}

func TestInitPayloadIsAsShortAsItCanBe(t *testing.T) {
	plain, limits, duress := initPayload(t), initPayload(t), initPayload(t)
	limits.PINTries = 10
	duress.DuressPIN = pin(t, "654321")
	for want, p := range map[int]wire.InitPayload{50: plain, 52: limits, 58: duress} {
		raw, err := p.Encode()
		if err != nil || raw.Len() != want {
			t.Fatalf("%d bytes, want %d; %v", raw.Len(), want, err)
		}
		back, err := wire.ParseInitPayload(reveal(raw), wire.V3_1)
		if err != nil || !back.PIN.Equal(p.PIN.Bytes) || !back.PUK.Equal(p.PUK.Bytes) || !back.Token.Equal(p.Token) ||
			!back.DuressPIN.Equal(p.DuressPIN.Bytes) {
			t.Errorf("%d bytes came back otherwise; %v", want, err)
		}
		if want > 50 && (back.PUKTries != wire.DefaultPUKTries || back.PINTries < wire.DefaultPINTries) {
			t.Errorf("limits %d and %d", back.PINTries, back.PUKTries)
		}
		if _, err := wire.ParseInitPayload(reveal(raw), wire.V3_0); (err == nil) != (want == 50) {
			t.Errorf("3.0 and %d bytes: %v", want, err)
		}
	}
}

func TestInitPayloadOfAnotherFormIsRefused(t *testing.T) {
	raw := reveal(must(initPayload(t).Encode()))
	for name, b := range map[string][]byte{
		"49 bytes": raw[:49], "51 bytes": append(bytes.Clone(raw), 3), "59 bytes": append(bytes.Clone(raw), counting(9)...),
		"letter in the PIN": replaced(raw, 5, 'x'), "letter in the PUK": replaced(raw, 6, 'x'),
		"PIN tries 1": append(bytes.Clone(raw), 1, 5), "PIN tries 11": append(bytes.Clone(raw), 11, 5),
		"PUK tries 2": append(bytes.Clone(raw), 3, 2), "PUK tries 13": append(bytes.Clone(raw), 3, 13),
	} {
		if _, err := wire.ParseInitPayload(b, wire.V3_1); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	odd := append(append(bytes.Clone(raw), 3, 5), "letter"...)
	if p, err := wire.ParseInitPayload(odd, wire.V3_1); err != nil || string(reveal(p.DuressPIN.Bytes)) != "letter" {
		t.Errorf("duress PIN without digits: %v", err) // the real applet takes it
	}
}

func replaced(b []byte, at int, with byte) []byte {
	b = bytes.Clone(b)
	b[at] = with
	return b
}

func TestHostDoesNotEncodeAnInitThatTheCardRefuses(t *testing.T) {
	for name, change := range map[string]func(*wire.InitPayload){
		"no PIN":          func(p *wire.InitPayload) { p.PIN = secret.PIN{} },
		"PUK too short":   func(p *wire.InitPayload) { p.PUK = pin(t, "123456") },
		"token too short": func(p *wire.InitPayload) { p.Token = secret.Copy(counting(31)) },
		"PIN tries":       func(p *wire.InitPayload) { p.PINTries = 11 },
		"PUK tries":       func(p *wire.InitPayload) { p.PUKTries = 2 },
		"duress PIN":      func(p *wire.InitPayload) { p.DuressPIN = pin(t, "1234") },
	} {
		p := initPayload(t)
		change(&p)
		if _, err := p.Encode(); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCodesComeOutAsTheyWentIn(t *testing.T) {
	code, puk, token := pin(t, "123456"), pin(t, "210987654321"), secret.Copy(counting(32))
	if got, err := wire.ParsePIN(wire.ChangePINCommand(code).Data); err != nil || !got.Equal(code.Bytes) {
		t.Errorf("PIN: %v", err)
	}
	if got, err := wire.ParsePUK(wire.ChangePUKCommand(puk).Data); err != nil || !got.Equal(puk.Bytes) {
		t.Errorf("PUK: %v", err)
	}
	if got, err := wire.ParseToken(wire.ChangeTokenCommand(token).Data); err != nil || !got.Equal(token) {
		t.Errorf("token: %v", err)
	}
	gotPUK, gotPIN, err := wire.ParseUnblockPIN(wire.UnblockPINCommand(puk, code).Data)
	if err != nil || !gotPUK.Equal(puk.Bytes) || !gotPIN.Equal(code.Bytes) {
		t.Errorf("UNBLOCK PIN: %v", err)
	}
}

func TestCodesOfAnotherFormAreRefused(t *testing.T) {
	for _, b := range []string{"", "12345", "1234567", "12345x", "12345678901", "12345678901x", "12345678901234567",
		"12345678901234567x", "x23456789012345678", "1234567890123456789"} {
		raw := []byte(b)
		_, errPIN := wire.ParsePIN(raw)
		_, errPUK := wire.ParsePUK(raw)
		_, errToken := wire.ParseToken(raw)
		_, _, errUnblock := wire.ParseUnblockPIN(raw)
		for _, err := range []error{errPIN, errPUK, errToken, errUnblock} {
			if !errors.Is(err, wire.ErrFormat) {
				t.Errorf("%q: %v", b, err)
			}
		}
		if string(raw) != b {
			t.Errorf("%q was changed in the APDU", b)
		}
	}
}
