package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"tapcard.example/iso7816/tlv"
	"tapcard.example/keycard/wire"
)

func infoOf(v wire.Version) wire.ApplicationInfo {
	return wire.ApplicationInfo{
		Initialized: true, InstanceUID: counting(16), PublicKey: testKey(1).PubKey().SerializeUncompressed(),
		Version: v, FreeSlots: 5, KeyUID: counting(32), Capabilities: wire.DefaultCapabilities(v),
	}
}

func TestOnlyVersionsFrom2_1ReportCapabilities(t *testing.T) {
	for v, long := range map[wire.Version]bool{wire.V2_0: false, wire.V2_1: true, wire.V3_1: true} {
		raw := infoOf(v).Encode()
		if got := raw[1] == 0x81; got != long {
			t.Errorf("%v with a key starts %X", v, raw[:3])
		}
		info, err := wire.ParseApplicationInfo(raw)
		if err != nil || info.Capabilities != wire.DefaultCapabilities(v) || info.Version != v {
			t.Errorf("%v: %+v, %v", v, info, err)
		}
	}
}

func TestCardBeforeInitGivesItsKeyAndNothingElse(t *testing.T) {
	raw := wire.ApplicationInfo{PublicKey: infoOf(0).PublicKey}.Encode()
	info, err := wire.ParseApplicationInfo(raw)
	if err != nil || info.Initialized || info.Version != 0 || info.InstanceUID != nil || info.FreeSlots != -1 ||
		!bytes.Equal(info.PublicKey, infoOf(0).PublicKey) {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestVersion4IsRecognisedInSpiteOfItsWrongLength(t *testing.T) {
	body := tlv.Append(nil, 0x02, []byte{4, 0})
	body = tlv.Append(body, 0x8C, []byte{0x13})
	body = tlv.Append(body, 0x8E, counting(32))
	body = tlv.Append(body, 0x8D, []byte{0x1F})
	body = tlv.Append(body, 0x8A, counting(98))
	for _, lie := range []byte{0, 1} {
		raw := tlv.Append(nil, 0xA4, body)
		raw[2] -= lie
		info, err := wire.ParseApplicationInfo(raw)
		if err != nil || info.Version != wire.V4_0 || info.Version.Supported() || len(info.Certificate) != 98 {
			t.Errorf("length off by %d: %+v, %v", lie, info, err)
		}
	}
}

func TestVersion1_2IsRecognised(t *testing.T) {
	old := infoOf(wire.V1_2)
	info, err := wire.ParseApplicationInfo(old.Encode())
	if err != nil || info.Version != wire.V1_2 || info.Version.Supported() {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestDeviceWithoutAChannelHasNoKeyAndNoSlots(t *testing.T) {
	device := infoOf(wire.V3_1)
	device.PublicKey, device.FreeSlots = nil, 0xFF
	info, err := wire.ParseApplicationInfo(device.Encode())
	if err != nil || info.PublicKey != nil || info.FreeSlots != -1 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestInfoOfImpossibleFormIsRefused(t *testing.T) {
	short := infoOf(wire.V3_1)
	short.KeyUID = short.KeyUID[:31]
	noVersion := tlv.Append(nil, 0xA4, tlv.Append(nil, 0x8F, counting(16)))
	for name, raw := range map[string][]byte{
		"empty": nil, "another template": {0xA3, 0}, "key UID of 31 bytes": short.Encode(), "no version": noVersion,
		"key of 64 bytes before INIT": tlv.Append(nil, 0x80, make([]byte, 64)),
	} {
		if _, err := wire.ParseApplicationInfo(raw); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInfoDoesNotKeepTheBuffer(t *testing.T) {
	raw := infoOf(wire.V3_1).Encode()
	info, err := wire.ParseApplicationInfo(raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	if !bytes.Equal(info.KeyUID, counting(32)) {
		t.Error("the key UID changed with the buffer")
	}
}

func TestStatusLengthIsWrongInTheOldestVersionsAndReadAllTheSame(t *testing.T) {
	status := wire.ApplicationStatus{PINTries: 2, PUKTries: 5, HasKey: true}
	for v, length := range map[wire.Version]byte{wire.V2_0: 0x0C, wire.V2_1: 0x0C, wire.V2_2: 9, wire.V3_1: 9} {
		raw := status.Encode(v)
		if raw[1] != length || len(raw) != 11 {
			t.Errorf("%v: %X", v, raw)
		}
		if got, err := wire.ParseApplicationStatus(raw); err != nil || got != status {
			t.Errorf("%v: %+v, %v", v, got, err)
		}
	}
}

func TestStatusOfVersion1_2HasOneMoreBoolean(t *testing.T) {
	raw := unhex(t, "a30c0201030201050101ff010100")
	got, err := wire.ParseApplicationStatus(raw)
	if err != nil || got != (wire.ApplicationStatus{PINTries: 3, PUKTries: 5, HasKey: true}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStatusOfAnotherFormIsRefused(t *testing.T) {
	for _, raw := range []string{
		"", "a309", "a308020103020105010100", "a409020103020105010100", "a30902010302010501010000",
		"a309010103020105010100", "a30c0201030201050200ff00", "a30902010302020505010100",
	} {
		if s, err := wire.ParseApplicationStatus(unhex(t, raw)); !errors.Is(err, wire.ErrFormat) {
			t.Errorf("%s: %+v, %v", raw, s, err)
		}
	}
}
