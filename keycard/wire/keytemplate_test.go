package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816"
	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
	"tapcard.example/secret"
)

func TestKeyTemplateIsWrittenInTheOnlyOrderThatCardsRead(t *testing.T) {
	pub := testKey(1).PubKey().SerializeUncompressed()
	full := wire.KeyTemplate{Public: pub, Private: secret.Copy(counting(32)), ChainCode: secret.Copy(counting(32))}
	c := wire.LoadKeyCommand(full)
	if c.P1 != wire.LoadExtendedKey || c.Data[0] != 0xA1 || c.Data[1] != 0x81 {
		t.Errorf("P1 %d, data %X", c.P1, c.Data[:3])
	}
	elements, rest, err := wire.KeyElements(c.Data)
	if err != nil || len(rest) != 0 || len(elements) != 3 {
		t.Fatalf("%d elements, %v", len(elements), err)
	}
	for i, want := range []tlv.Tag{wire.TagKeyPublic, wire.TagKeyPrivate, wire.TagKeyChain} {
		if elements[i].Tag != want {
			t.Errorf("place %d has tag %v", i, elements[i].Tag)
		}
	}
	back, err := wire.ParseKeyTemplate(c.Data)
	if err != nil || !bytes.Equal(back.Public, pub) || !back.Private.Equal(full.Private) ||
		!back.ChainCode.Equal(full.ChainCode) {
		t.Errorf("came back otherwise; %v", err)
	}
	if c := wire.LoadKeyCommand(wire.KeyTemplate{Private: full.Private}); c.P1 != wire.LoadKeyPair {
		t.Errorf("key pair: P1 %d", c.P1)
	}
}

func TestKeyElementsKeepTheSendersOrderAndTheRest(t *testing.T) {
	body := tlv.Append(tlv.Append(nil, 0x82, counting(32)), 0x81, counting(3))
	elements, rest, err := wire.KeyElements(append(tlv.AppendLong(nil, 0xA1, body), 9, 9))
	if err != nil || len(rest) != 2 || len(elements) != 2 || elements[0].Tag != 0x82 || len(elements[1].Value) != 3 {
		t.Errorf("%v, rest %X, %v", elements, rest, err)
	}
}

func TestKeyTemplateOfAnotherFormIsRefused(t *testing.T) {
	private := tlv.Append(nil, 0x81, counting(32))
	for name, b := range map[string][]byte{
		"empty":               nil,
		"another tag":         tlv.Append(nil, 0xA0, private),
		"trailing bytes":      append(tlv.Append(nil, 0xA1, private), 0),
		"private key twice":   tlv.Append(nil, 0xA1, append(private, private...)),
		"31 bytes":            tlv.Append(nil, 0xA1, tlv.Append(nil, 0x81, counting(31))),
		"chain of 33 bytes":   tlv.Append(nil, 0xA1, tlv.Append(nil, 0x82, counting(33))),
		"unknown element":     tlv.Append(nil, 0xA1, tlv.Append(nil, 0x83, nil)),
		"point off the curve": tlv.Append(nil, 0xA1, tlv.Append(nil, 0x80, append([]byte{4}, counting(64)...))),
		"cut inside":          {0xA1, 3, 0x81, 32, 1},
	} {
		if _, err := wire.ParseKeyTemplate(b); !errors.Is(err, wire.ErrFormat) && !errors.Is(err, wire.ErrPoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyDeepKeysUnderEIP1581MayLeaveTheCard(t *testing.T) {
	const h = 1 << 31
	for _, c := range []struct {
		path []uint32
		want bool
	}{
		{nil, false},
		{[]uint32{43 | h, 60 | h, 1581 | h}, false},
		{[]uint32{43 | h, 60 | h, 1581 | h, 0}, false},
		{[]uint32{43 | h, 60 | h, 1581 | h, 0, 0}, true},
		{[]uint32{43 | h, 60 | h, 1581 | h, 0 | h, 0 | h, 1}, true},
		{[]uint32{43 | h, 60 | h, 1581, 0, 0}, false},
		{[]uint32{44 | h, 60 | h, 0 | h, 0, 0}, false},
	} {
		if got := wire.PrivateExportable(c.path); got != c.want {
			t.Errorf("%v: %v", c.path, got)
		}
	}
}

func TestPathsAreFourBytesAComponentAndTenDeep(t *testing.T) {
	for n := range 50 {
		path, err := wire.ParsePath(counting(n))
		if good := n%4 == 0 && n <= 40; good != (err == nil) || good && len(path) != n/4 {
			t.Errorf("%d bytes: %v, %v", n, path, err)
		}
	}
	if b := wire.AppendPath([]byte{9}, []uint32{0x80000001, 2}); !bytes.Equal(b, unhex(t, "098000000100000002")) {
		t.Errorf("%X", b)
	}
}

func TestMnemonicsHaveTwelveToTwentyFourNumbersBelow2048(t *testing.T) {
	for words := range 30 {
		indexes, err := wire.ParseMnemonic(make([]byte, 2*words))
		if good := words%3 == 0 && words >= 12 && words <= 24; good != (err == nil) || good && len(indexes) != words {
			t.Errorf("%d words: %v", words, err)
		}
	}
	indexes := make([]uint16, 12)
	indexes[11] = 2047
	if got, err := wire.ParseMnemonic(wire.EncodeMnemonic(indexes)); err != nil || got[11] != 2047 {
		t.Errorf("%v, %v", got, err)
	}
	indexes[11] = 2048
	if _, err := wire.ParseMnemonic(wire.EncodeMnemonic(indexes)); !errors.Is(err, wire.ErrFormat) {
		t.Errorf("2048: %v", err)
	}
}

// Both commands and the capability file as a phone knows them (NFC Forum Type 4 Tag).
func TestNDEFAppletCommands(t *testing.T) {
	for want, c := range map[string]iso7816.Command{
		"00a4000c02e103": wire.NDEFSelectFileCommand(wire.NDEFCapabilityFile),
		"00b001020f":     wire.NDEFReadCommand(0x0102, 15),
	} {
		if raw := must(c.Bytes()); !bytes.Equal(raw, unhex(t, want)) {
			t.Errorf("%X, want %s", raw, want)
		}
	}
	if cc := wire.NDEFCapabilities(); len(cc) != int(cc[1]) || !bytes.Equal(cc[9:11], []byte{0xE1, 0x04}) {
		t.Errorf("capability file %X", cc)
	}
}

func TestNDEFFileHasItsLengthInFront(t *testing.T) {
	for _, n := range []int{0, 1, wire.MaxNDEFData - 2} {
		file, err := wire.NDEFFile(counting(n))
		if err != nil {
			t.Fatal(err)
		}
		if message, err := wire.ParseNDEFFile(file); err != nil || !bytes.Equal(message, counting(n)) {
			t.Errorf("%d bytes: %X, %v", n, message, err)
		}
		for _, bad := range [][]byte{file[:len(file)-1], append(file, 0)} {
			if _, err := wire.ParseNDEFFile(bad); !errors.Is(err, wire.ErrFormat) {
				t.Errorf("%d bytes: %v", len(bad), err)
			}
		}
	}
	if _, err := wire.NDEFFile(make([]byte, wire.MaxNDEFData-1)); !errors.Is(err, wire.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}
