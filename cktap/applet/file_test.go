package applet_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"tapcard.example/cktap/applet"
	"tapcard.example/cktap/wire"
	"tapcard.example/softcard"
)

func TestACardInAFileIsTheSameCardAgain(t *testing.T) {
	for _, product := range []string{"satscard", "tapsigner", "satschip"} {
		path := filepath.Join(t.TempDir(), "card")
		s := applet.FileSettings{Product: product, Firmware: "1.0.0", Testnet: true, Certificates: 3, Loose: true}
		f, label, err := applet.CreateFile(path, s, factory(t), applet.Block{})
		if err != nil {
			t.Fatal(err)
		}
		if label.CVC.Len() != 6 || label.Birth != 546 || (label.BackupKey.Len() == 16) != (product == "tapsigner") ||
			strings.HasPrefix(label.Address, "tb1q") != (product == "satscard") {
			t.Errorf("%s: %+v", product, label)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if f, err = softcard.OpenFile(path); err != nil || f.Kind != applet.FileKind {
			t.Fatal(err)
		}
		card, again, err := applet.FromFile(f)
		if err != nil || again.Ident != label.Ident || !again.CVC.Equal(label.CVC) ||
			!again.BackupKey.Equal(label.BackupKey) {
			t.Fatalf("%+v %v", again, err)
		}
		card.PowerOn()
		r := transmit(t, card, wire.SelectCommand())
		a := parsed(t, wire.ParseStatusAnswer, r.Data)
		if !a.Testnet || a.Version() != wire.V1_0_0 || wire.Ident(a.PublicKey) != label.Ident || r.Data[0] != 0xBF {
			t.Errorf("%+v", a)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSettingsThatMakeNoCardAreRefused(t *testing.T) {
	dir := t.TempDir()
	for i, s := range []applet.FileSettings{
		{}, {Product: "opendime"}, {Product: "satscard", Firmware: "2.0"}, {Product: "satschip", Firmware: "0.9.0"},
		{Product: "satscard", Certificates: 1}, {Product: "satscard", Certificates: 4},
	} {
		path := filepath.Join(dir, "card")
		if _, _, err := applet.CreateFile(path, s, factory(t), applet.Block{}); err == nil {
			t.Errorf("%d: %+v", i, s)
		}
		if _, err := softcard.OpenFile(path); err == nil {
			t.Error("a file was left behind")
		}
	}
	if _, _, err := applet.CreateFile(filepath.Join(dir, "card"), applet.FileSettings{Product: "satscard"}, nil,
		applet.Block{}); err == nil {
		t.Error("no factory")
	}
	for _, raw := range []string{``, `{}`, `{"product":"satscard","extra":1}`, `{"product":"satscard","firmware":"9"}`} {
		if _, err := applet.ParseFileSettings(json.RawMessage(raw)); err == nil {
			t.Errorf("%s", raw)
		}
	}
	if s, err := applet.ParseFileSettings(json.RawMessage(`{"product":"satscard"}`)); err != nil || s.Firmware != "" {
		t.Error(err)
	}
}
